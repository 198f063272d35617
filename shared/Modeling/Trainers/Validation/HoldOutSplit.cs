using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.Validation;

/// <summary>What candidates are fitted to and what they are judged by.</summary>
/// <param name="Fit">What is learned from.</param>
/// <param name="Relevant">Viewers x items: what is to be predicted.</param>
/// <param name="Masks">Viewers x items: what is not ranked.</param>
internal sealed record HoldOutSplit(TrainingData Fit, InteractionMatrix Relevant, IReadOnlyList<InteractionMatrix> Masks)
{
    private const double Share = 0.15;
    private const ulong Seed = 0x5EED;

    /// <summary>
    /// By the given validation interactions; without them by each viewer's newest video, and without an order by a random 15 % of each
    /// viewer's videos (at least one, of two or more).
    /// </summary>
    /// <exception cref="TrainingDataException">Nothing can be held out.</exception>
    public static HoldOutSplit Of(TrainingData data)
    {
        var (fit, relevant) = data.Validation is { } validation
            ? (data.Interactions, validation.Without(data.Interactions))
            : Divide(data.Interactions);
        if (fit.Count == 0 || relevant.Count == 0)
            throw new TrainingDataException("There is nothing to choose parameters by: no viewer has two videos, so none can be held out.");
        InteractionMatrix[] masks = data.Negatives is { } negatives ? [fit, negatives.Without(relevant)] : [fit];
        return new HoldOutSplit(data with { Interactions = fit, Negatives = data.Negatives?.Without(relevant), Validation = null }, relevant, masks);
    }

    /// <summary>The split of some viewers alone, the same ones for the same share; all when <paramref name="share"/> is 1.</summary>
    public HoldOutSplit Part(double share)
    {
        if (share >= 1) return this;
        bool IsIn(int viewer) => new Randomness(Seed, (ulong)viewer).Below(1 << 20) < share * (1 << 20);
        var fit = Keep(Fit.Interactions, IsIn);
        var relevant = Keep(Relevant, IsIn);
        return fit.Count == 0 || relevant.Count == 0
            ? this
            : this with { Fit = Fit with { Interactions = fit, Negatives = Fit.Negatives is null ? null : Keep(Fit.Negatives, IsIn) }, Relevant = relevant };
    }

    /// <summary>The split judged by so many viewers at most, spread evenly; fitted to the same.</summary>
    public HoldOutSplit JudgedBy(int viewers)
    {
        var all = Enumerable.Range(0, Relevant.RowCount).Where(v => Relevant.RowLength(v) > 0).ToArray();
        if (all.Length <= viewers) return this;
        var kept = Enumerable.Range(0, viewers).Select(i => all[(long)i * all.Length / viewers]).ToHashSet();
        return this with { Relevant = Keep(Relevant, kept.Contains) };
    }

    /// <summary>The value of a metric such as <c>ndcg@20</c>.</summary>
    public double Judge(IViewerScorer scorer, ValidationMetric metric, int threads, CancellationToken cancellationToken) =>
        Evaluator.Evaluate(scorer, Relevant, Masks, [metric.Cutoff], threads, cancellationToken: cancellationToken).Metrics[metric.Name];

    private static (InteractionMatrix Fit, InteractionMatrix Relevant) Divide(InteractionMatrix interactions)
    {
        var ordered = interactions.TimeKind != TimeKind.None;
        var fit = new InteractionMatrixBuilder(DuplicatePolicy.Last, interactions.TimeKind);
        var relevant = new InteractionMatrixBuilder();
        for (var row = 0; row < interactions.RowCount; row++)
        {
            var columns = interactions.RowColumns(row);
            var values = interactions.RowValues(row);
            var times = interactions.RowTimes(row);
            var held = columns.Length < 2 ? [] : ordered ? [Newest(times)] : Random(columns.Length, row);
            for (var i = 0; i < columns.Length; i++)
            {
                if (held.Contains(i)) relevant.Add(row, columns[i], values[i]);
                else fit.Add(row, columns[i], values[i], times.IsEmpty ? 0 : times[i]);
            }
        }

        return (fit.Build(interactions.RowCount, interactions.ColumnCount), relevant.Build(interactions.RowCount, interactions.ColumnCount));
    }

    private static int Newest(ReadOnlySpan<uint> times)
    {
        var newest = 0;
        for (var i = 1; i < times.Length; i++) newest = times[i] > times[newest] ? i : newest;
        return newest;
    }

    private static HashSet<int> Random(int length, int row)
    {
        var random = new Randomness(Seed, (ulong)row);
        var wanted = Math.Max(1, (int)Math.Round(length * Share));
        var held = new HashSet<int>();
        while (held.Count < wanted) held.Add(random.Below(length));
        return held;
    }

    private static InteractionMatrix Keep(InteractionMatrix matrix, Func<int, bool> isIn)
    {
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Last, matrix.TimeKind);
        for (var row = 0; row < matrix.RowCount; row++)
        {
            if (!isIn(row)) continue;
            var columns = matrix.RowColumns(row);
            var values = matrix.RowValues(row);
            var times = matrix.RowTimes(row);
            for (var i = 0; i < columns.Length; i++) builder.Add(row, columns[i], values[i], times.IsEmpty ? 0 : times[i]);
        }

        return builder.Build(matrix.RowCount, matrix.ColumnCount);
    }
}
