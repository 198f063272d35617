using Recommender.Modeling.Numerics;
using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers.Validation;

namespace Recommender.Modeling.Trainers.Blend;

/// <summary>
/// For some of a split's viewers, the best items of every part with the normalised scores of all parts: what it takes to judge any weights without
/// scoring the catalog again. At most 8,000 viewers, spread evenly.
/// </summary>
internal sealed class CandidateScores
{
    private const int MostViewers = 8000;
    private const int ViewersAtOnce = 8;
    private const int Depth = 100;
    private const int JudgedAtOnce = 64;

    private readonly Candidates[] _viewers;
    private readonly ValidationMetric _metric;
    private readonly int _threads;
    private readonly CancellationToken _cancellationToken;

    private CandidateScores(Candidates[] viewers, ValidationMetric metric, int threads, CancellationToken cancellationToken) =>
        (_viewers, _metric, _threads, _cancellationToken) = (viewers, metric, threads, cancellationToken);

    /// <summary>Number of viewers.</summary>
    public int ViewerCount => _viewers.Length;

    /// <summary>Bytes at the peak: the catalog's scores of some viewers by every part, per thread, and the candidates of all judged viewers.</summary>
    public static double BytesOf(InteractionMatrix interactions, int parts, ValidationMetric metric, int threads)
    {
        double items = interactions.ColumnCount;
        var union = Math.Min(items, (double)parts * Math.Max(Depth, 2 * metric.Cutoff));
        return ((threads > 0 ? threads : Environment.ProcessorCount) * (double)ViewersAtOnce * parts * sizeof(float) * items)
            + (Math.Min(MostViewers, interactions.RowCount) * union * (sizeof(int) + (sizeof(float) * (double)parts)));
    }

    /// <summary>Scores the catalog with every part. What is cancelled is this and all judging that follows.</summary>
    public static CandidateScores Of(
        IReadOnlyList<IViewerScorer> parts, HoldOutSplit split, ValidationMetric metric, int threads, CancellationToken cancellationToken)
    {
        var all = Enumerable.Range(0, split.Relevant.RowCount).Where(v => split.Relevant.RowLength(v) > 0).ToArray();
        var chosen = all.Length <= MostViewers ? all : [.. Enumerable.Range(0, MostViewers).Select(i => all[(long)i * all.Length / MostViewers])];
        var items = parts[0].ItemCount;
        var candidates = new Candidates[chosen.Length];
        var depth = Math.Min(items, Math.Max(Depth, 2 * metric.Cutoff));
        RowWorkers.Run(chosen.Length, ViewersAtOnce, threads, () => parts.Select(_ => new float[ViewersAtOnce * items]).ToArray(), (scores, from, to) =>
        {
            var viewers = chosen.AsSpan(from, to - from);
            for (var p = 0; p < parts.Count; p++) parts[p].Score(viewers, scores[p]);
            for (var i = 0; i < viewers.Length; i++) candidates[from + i] = Collect(scores, i, viewers[i], split, items, depth);
        }, cancellationToken);
        return new CandidateScores(candidates, metric, threads, cancellationToken);
    }

    /// <summary>The mean of the metric for the given weights over the viewers with an even or odd place, or over all.</summary>
    /// <param name="weights">One per part.</param>
    /// <param name="parity">0, 1, or null for all.</param>
    public double Judge(double[] weights, int? parity)
    {
        var (first, step) = (parity ?? 0, parity is null ? 1 : 2);
        if (_viewers.Length <= first) return 0;
        var values = new double[(_viewers.Length - first + step - 1) / step];
        var most = _viewers.Max(v => v.Items.Length);
        RowWorkers.Run(values.Length, JudgedAtOnce, _threads, () => (Scores: new float[most], Hits: new bool[_metric.Cutoff]), (own, from, to) =>
        {
            for (var i = from; i < to; i++) values[i] = Value(_viewers[first + (i * step)], weights, own.Scores, own.Hits);
        }, _cancellationToken);
        return values.Sum() / values.Length;
    }

    // Only the places of what is relevant are asked for, which is quicker than to sort all.
    private double Value(Candidates viewer, double[] weights, float[] scores, bool[] hits)
    {
        var count = viewer.Items.Length;
        var sums = scores.AsSpan(0, count);
        sums.Clear();
        for (var p = 0; p < weights.Length; p++)
        {
            if (weights[p] != 0) VectorMath.AddScaled(sums, (float)weights[p], viewer.Scores.AsSpan(p * count, count));
        }

        var length = Math.Min(hits.Length, count);
        Array.Clear(hits);
        foreach (var at in viewer.RelevantAt)
        {
            var rank = RankOf(at, sums, length);
            if (rank < length) hits[rank] = true;
        }

        return _metric.Of(hits.AsSpan(0, length), viewer.Relevant);
    }

    // Of level scores the lower item comes first; no further than the limit.
    private static int RankOf(int at, ReadOnlySpan<float> scores, int limit)
    {
        var (own, rank) = (scores[at], 0);
        for (var i = 0; i < scores.Length && rank < limit; i++)
        {
            if (scores[i] > own || (scores[i] == own && i < at)) rank++;
        }

        return rank;
    }

    private static Candidates Collect(float[][] scores, int at, int viewer, HoldOutSplit split, int items, int depth)
    {
        var masked = new SortedSet<int>();
        foreach (var mask in split.Masks)
        {
            foreach (var item in mask.RowColumns(viewer)) masked.Add(item);
        }

        var filter = masked.ToArray();
        var union = new SortedSet<int>();
        Span<ScoredItem> best = new ScoredItem[depth];
        foreach (var part in scores)
        {
            var count = TopK.Select(part.AsSpan(at * items, items), new ItemFilter(filter), best);
            foreach (var item in best[..count]) union.Add(item.Item);
        }

        var numbers = union.ToArray();
        var normalized = new float[scores.Length * numbers.Length];
        for (var p = 0; p < scores.Length; p++)
        {
            var row = scores[p].AsSpan(at * items, items);
            var (mean, inverse) = BlendModel.Moments(row);
            for (var i = 0; i < numbers.Length; i++) normalized[(p * numbers.Length) + i] = (row[numbers[i]] - mean) * inverse;
        }

        int[] relevantAt = [.. Enumerable.Range(0, numbers.Length).Where(i => split.Relevant.Contains(viewer, numbers[i]))];
        return new Candidates(numbers, normalized, relevantAt, split.Relevant.RowLength(viewer));
    }

    private sealed record Candidates(int[] Items, float[] Scores, int[] RelevantAt, int Relevant);
}
