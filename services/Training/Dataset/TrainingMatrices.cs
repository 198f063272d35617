using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Weights;
using Recommender.Training.Judging;

namespace Recommender.Training.Dataset;

/// <summary>Viewers x videos matrices made from events.</summary>
internal static class TrainingMatrices
{
    /// <summary>As the other one, for a recipe: without times, which take a third of the memory, where its trainer does not look at them.</summary>
    public static TrainingData Build(EventDataset data, Recipe recipe, int[]? counts, CancellationToken cancellationToken) =>
        Build(data, recipe.Weights, counts, TrainerRegistry.ReadsTimes(recipe.Trainer) ? TimeKind.UnixSeconds : TimeKind.None, cancellationToken);

    /// <summary>Positive and negative interactions of each viewer's first events, with times.</summary>
    /// <param name="data">The events.</param>
    /// <param name="weights">Turn events into confidences.</param>
    /// <param name="counts">How many events of each viewer count, the oldest ones; null: all.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static TrainingData Build(EventDataset data, InteractionWeights weights, int[]? counts, CancellationToken cancellationToken) =>
        Build(data, weights, counts, TimeKind.UnixSeconds, cancellationToken);

    private static TrainingData Build(EventDataset data, InteractionWeights weights, int[]? counts, TimeKind times, CancellationToken cancellationToken)
    {
        var positives = new InteractionMatrixBuilder(DuplicatePolicy.Last, times);
        var negatives = new InteractionMatrixBuilder(DuplicatePolicy.Last, times);
        var folder = new PairFolder(data, weights);
        for (var viewer = 0; viewer < data.Viewers.Count; viewer++)
        {
            if (viewer % 4096 == 0) cancellationToken.ThrowIfCancellationRequested();
            foreach (var pair in folder.Fold(data.Events(viewer, 0, counts?[viewer] ?? data.EventsOf(viewer))))
            {
                if (pair.Confidence > 0) positives.Add(viewer, pair.Video, pair.Confidence, Seconds(pair.LastAtMs));
                else if (pair.Confidence < 0) negatives.Add(viewer, pair.Video, weights.DislikeOf(pair.Confidence), Seconds(pair.LastAtMs));
            }
        }
        return new TrainingData(positives.Build(data.Viewers.Count, data.Videos.Count))
        {
            Negatives = negatives.Count == 0 ? null : negatives.Build(data.Viewers.Count, data.Videos.Count),
        };
    }

    /// <summary>Everything that a viewer had to do with in the first events, liked or not: nothing of it is recommended again.</summary>
    public static InteractionMatrix Seen(EventDataset data, int[]? counts, CancellationToken cancellationToken)
    {
        var seen = new InteractionMatrixBuilder(DuplicatePolicy.Last);
        for (var viewer = 0; viewer < data.Viewers.Count; viewer++)
        {
            if (viewer % 4096 == 0) cancellationToken.ThrowIfCancellationRequested();
            foreach (var video in data.Events(viewer, 0, counts?[viewer] ?? data.EventsOf(viewer)).Videos) seen.Add(viewer, video);
        }
        return seen.Build(data.Viewers.Count, data.Videos.Count);
    }

    private static uint Seconds(long unixMilliseconds) => (uint)Math.Clamp(unixMilliseconds / 1000, 0, uint.MaxValue);
}
