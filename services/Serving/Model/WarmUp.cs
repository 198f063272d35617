using Recommender.Modeling.Onnx.Ranking;
using Recommender.Modeling.Ranking;
using Recommender.Modeling.Retrieval;

namespace Recommender.Serving.Model;

/// <summary>Uses a generation as calls will, so that the first of them finds code compiled and memory touched.</summary>
internal static class WarmUp
{
    private const int Rounds = 5;
    private const int Events = 50;
    private const int Candidates = 150;

    /// <summary>Runs some fold-ins and searches, and the ranker.</summary>
    /// <returns>What the fastest fold-in and search took; zero when the model has no fold-in.</returns>
    public static TimeSpan Run(ModelGeneration generation, TimeProvider time)
    {
        if (generation.Ranker is { } ranker) Use(ranker);
        if (!generation.CanFoldIn || generation.ItemCount == 0) return TimeSpan.Zero;
        var items = new int[Math.Min(Events, generation.Popular.Length)];
        for (var i = 0; i < items.Length; i++) items[i] = generation.Popular.Span[i].Item;
        var confidences = new float[items.Length];
        confidences.AsSpan().Fill(1);
        var viewer = new float[generation.Factors.Length];
        var found = new ScoredItem[Math.Min(generation.ItemCount, 200)];
        var fastest = TimeSpan.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var begin = time.GetTimestamp();
            generation.Factors.Solve(items, confidences, viewer);
            generation.Factors.Search(viewer, new ItemFilter([], generation.Deleted), found);
            var took = time.GetElapsedTime(begin);
            if (took < fastest) fastest = took;
        }
        if (items.Length > 0) generation.Factors.Neighbours(items[0], 1);
        return fastest;
    }

    private static void Use(RankerSession ranker)
    {
        var rows = RankerSession.RowsOf(Candidates);
        var (features, expected) = (new float[rows * RankerFeatures.Count], new float[rows * OutcomeWeights.Count]);
        for (var round = 0; round < Rounds; round++) ranker.Score(features, Candidates, expected);
    }
}
