using Recommender.Modeling.Numerics;
using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers.Histories;
using Recommender.Modeling.Trainers.Neighbours;

namespace Recommender.Modeling.Trainers.GraphFilter;

/// <summary>
/// A linear filter on the viewer-item graph: smoothing over items that share viewers plus the projection on the graph's lowest frequencies
/// (Shen et al., "How Powerful is Graph Convolution for Recommendation?", 2021). Closed form: a singular value decomposition, nothing to descend.
/// </summary>
internal sealed class GraphFilterTrainer(GraphFilterParameters parameters) : ITrainer
{
    public const string TrainerName = "graph_filter";

    public string Name => TrainerName;

    public IReadOnlyDictionary<string, string> Parameters => GraphFilterParameters.Schema.ToSettings(parameters);

    public IScoringModel Train(TrainingData data, Action<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.Check();
        MemoryNeed.Check(Name, BytesOf(data.Interactions, parameters), "lower 'rank' or 'neighbours'");
        var steps = parameters.Passes + 1;
        progress?.Invoke(new TrainingProgress(0, steps));
        // A viewer of very many videos would make the graph large without saying more of taste.
        var histories = RankedHistory.Of(data.Interactions, parameters.HistoryLimit);
        var subset = ItemSubset.OccurringIn(histories);
        histories = subset.Of(histories);
        var graph = new SmoothingGraph(histories, parameters.ViewerExponent, parameters.ItemExponent, parameters.Threads);
        var rank = Math.Min(parameters.Rank, Math.Min(histories.RowCount, histories.ColumnCount));
        var (vectors, values) = Subspace.Find(
            graph, rank, parameters.Passes, parameters.Seed, parameters.Threads, pass => progress?.Invoke(new TrainingProgress(pass, steps)), cancellationToken);
        var counts = histories.ColumnLengths();
        var incoming = Scaled(vectors, counts, parameters.SourceExponent, i => parameters.LowPassWeight * Math.Pow(values[i], parameters.LowPassPower));
        var outgoing = Scaled(vectors, counts, parameters.TargetExponent, _ => 1);
        var rules = new PairRules(gapHalfLife: 0, backward: 1)
        {
            ViewerExponent = 2 * parameters.ViewerExponent,
            SourceExponent = parameters.ItemExponent,
            TargetExponent = parameters.ItemExponent,
        };
        var neighbours = new PairCounter(histories, histories, rules).Build(parameters.Neighbours, parameters.Threads, cancellationToken);
        progress?.Invoke(new TrainingProgress(steps, steps));
        var weighting = new HistoryWeighting(parameters.RecencyHalfLife, parameters.UseNegatives ? -parameters.NegativeWeight : 0);
        IHistoryResponse response = new GraphFilterResponse(neighbours, incoming, new PackedFactors(outgoing.Data, outgoing.Factors));
        if (subset.Count < subset.CatalogCount) response = new SubsetResponse(response, subset);
        return new HistoryModel(Name, Parameters, data, weighting, response);
    }

    // The basis of both sides with its products on the way, the scaled vectors and their packed copy, and the neighbours.
    internal static double BytesOf(InteractionMatrix interactions, GraphFilterParameters parameters)
    {
        var cells = 0L;
        for (var row = 0; row < interactions.RowCount; row++) cells += Math.Min(parameters.HistoryLimit, interactions.RowLength(row));
        var items = (int)Math.Min(interactions.ColumnCount, cells);
        var rank = Math.Min(parameters.Rank, Math.Min(interactions.RowCount, items));
        var width = Subspace.WidthOf(rank, items);
        return (sizeof(float) * (double)width * (interactions.RowCount + (4.0 * items))) + (6.0 * sizeof(double) * width * width)
            + PairCounter.BytesOf(interactions, parameters.Neighbours, parameters.HistoryLimit, parameters.Threads);
    }

    private static FactorMatrix Scaled(FactorMatrix vectors, int[] counts, double exponent, Func<int, double> column)
    {
        var result = new FactorMatrix(vectors.RowCount, vectors.Factors);
        var columns = Enumerable.Range(0, vectors.Factors).Select(column).ToArray();
        for (var item = 0; item < vectors.RowCount; item++)
        {
            if (counts[item] == 0) continue;
            var scale = Math.Pow(counts[item], -exponent);
            var from = vectors.Row(item);
            var into = result.WritableRow(item);
            for (var i = 0; i < into.Length; i++) into[i] = (float)(scale * columns[i] * from[i]);
        }

        return result;
    }
}
