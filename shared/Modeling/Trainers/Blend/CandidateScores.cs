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

    private readonly Candidates[] _viewers;
    private readonly ValidationMetric _metric;

    private CandidateScores(Candidates[] viewers, ValidationMetric metric) => (_viewers, _metric) = (viewers, metric);

    /// <summary>Number of viewers.</summary>
    public int ViewerCount => _viewers.Length;

    /// <summary>Bytes at the peak: the catalog's scores of some viewers by every part, per thread, and the candidates of all judged viewers.</summary>
    public static double BytesOf(InteractionMatrix interactions, int parts, ValidationMetric metric, int threads)
    {
        double items = interactions.ColumnCount;
        var union = Math.Min(items, (double)parts * Math.Max(Depth, 2 * metric.Cutoff));
        return ((threads > 0 ? threads : Environment.ProcessorCount) * (double)ViewersAtOnce * parts * sizeof(float) * items)
            + (Math.Min(MostViewers, interactions.RowCount) * union * (sizeof(int) + sizeof(bool) + (sizeof(float) * (double)parts)));
    }

    /// <summary>Scores the catalog with every part.</summary>
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
        return new CandidateScores(candidates, metric);
    }

    /// <summary>The mean of the metric for the given weights over the viewers with an even or odd place, or over all.</summary>
    /// <param name="weights">One per part.</param>
    /// <param name="parity">0, 1, or null for all.</param>
    public double Judge(ReadOnlySpan<double> weights, int? parity)
    {
        var (sum, count) = (0.0, 0);
        var ranked = new List<(float Score, int Item, bool Relevant)>();
        Span<bool> hits = new bool[_metric.Cutoff];
        for (var v = parity ?? 0; v < _viewers.Length; v += parity is null ? 1 : 2)
        {
            var (itemNumbers, scores, isRelevant, relevant) = _viewers[v];
            ranked.Clear();
            for (var i = 0; i < itemNumbers.Length; i++)
            {
                var score = 0.0;
                for (var p = 0; p < weights.Length; p++) score += weights[p] * scores[(p * itemNumbers.Length) + i];
                ranked.Add(((float)score, itemNumbers[i], isRelevant[i]));
            }

            ranked.Sort(static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Item.CompareTo(b.Item));
            var length = Math.Min(hits.Length, ranked.Count);
            for (var rank = 0; rank < length; rank++) hits[rank] = ranked[rank].Relevant;
            sum += _metric.Of(hits[..length], relevant);
            count++;
        }

        return count == 0 ? 0 : sum / count;
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

        return new Candidates(numbers, normalized, Array.ConvertAll(numbers, item => split.Relevant.Contains(viewer, item)), split.Relevant.RowLength(viewer));
    }

    private sealed record Candidates(int[] Items, float[] Scores, bool[] IsRelevant, int Relevant);
}
