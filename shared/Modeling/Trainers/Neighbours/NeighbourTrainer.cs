using Recommender.Modeling.Trainers.Histories;

namespace Recommender.Modeling.Trainers.Neighbours;

/// <summary>
/// Item-item neighbourhoods: videos are alike when the same viewers like both, more so when the one soon follows the other. Frequencies are taken
/// out by exponents (0.5 and 0.5: cosine; Deshpande, Karypis, "Item-Based Top-N Recommendation Algorithms", 2004).
/// </summary>
internal sealed class NeighbourTrainer(string name, ParameterSchema<NeighbourParameters> schema, NeighbourParameters parameters) : ITrainer
{
    public const string ItemKnnName = "item_knn";
    public const string TransitionsName = "transitions";

    public static ParameterSchema<NeighbourParameters> ItemKnn { get; } = NeighbourParameters.Schema(ItemKnnName, new NeighbourParameters());

    // Found on the last item before the test of six sets of histories, from 1,090 to 50,000 viewers.
    public static ParameterSchema<NeighbourParameters> Transitions { get; } = NeighbourParameters.Schema(TransitionsName, new NeighbourParameters
    {
        SourceExponent = 0.4, TargetExponent = 0.2, ViewerExponent = 0.1, GapHalfLife = 3, Backward = 0.4, RecencyHalfLife = 3,
    });

    public string Name => name;

    public IReadOnlyDictionary<string, string> Parameters => schema.ToSettings(parameters);

    public IScoringModel Train(TrainingData data, Action<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.Check();
        MemoryNeed.Check(name, PairCounter.BytesOf(data.Interactions, parameters.Neighbours, parameters.HistoryLimit, parameters.Threads), "lower 'neighbours' (0 means all) or 'history_limit'");
        progress?.Invoke(new TrainingProgress(0, 1));
        var resolved = parameters.Resolve(data.Interactions);
        var rules = new PairRules(parameters.GapHalfLife, parameters.Backward)
        {
            ViewerExponent = parameters.ViewerExponent,
            SourceExponent = parameters.SourceExponent,
            TargetExponent = resolved.TargetExponent!.Value,
            Shrink = parameters.Shrink,
        };
        var histories = RankedHistory.Of(data.Interactions, parameters.HistoryLimit);
        var graph = new PairCounter(histories, histories, rules).Build(parameters.Neighbours, parameters.Threads, cancellationToken);
        progress?.Invoke(new TrainingProgress(1, 1));
        var weighting = new HistoryWeighting(parameters.RecencyHalfLife, parameters.UseNegatives ? -parameters.NegativeWeight : 0);
        return new HistoryModel(name, schema.ToSettings(resolved), data, weighting, new NeighbourResponse(graph));
    }
}
