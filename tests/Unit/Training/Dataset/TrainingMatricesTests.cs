using Recommender.Modeling.Sparse;
using Recommender.Modeling.Weights;
using Recommender.Training.Dataset;
using Recommender.V1;
using static Recommender.Tests.Shared.TestEvents;

namespace Recommender.Tests.Unit.Training.Dataset;

public sealed class TrainingMatricesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly InteractionWeights s_weights = new() { View = 1, WatchRatio = 10, Like = 100, Skip = 5, Unlike = 3, NotInterested = 1000 };

    [Fact]
    public void The_events_of_a_pair_become_one_confidence()
    {
        var catalog = Datasets.Catalog("""{"video_id":"a","duration_ms":20000}""");
        var data = Datasets.Builder([One("u", "a", 1, watched: 10), One("u", "a", 2, EventType.Like), One("u", "a", 3, watched: 5)], catalog).Build(Token);
        var matrix = TrainingMatrices.Build(data, s_weights, null, Token).Interactions;
        Assert.Equal(1 + (10 * 0.75f) + 100, Assert.Single(matrix.RowValues(0).ToArray()), 1e-3);
        Assert.Equal(TimeKind.UnixSeconds, matrix.TimeKind);
        Assert.Equal(1793491203u, matrix.RowTimes(0)[0]);
    }

    [Fact]
    public void The_later_of_like_and_unlike_counts()
    {
        var liked = Datasets.Of(One("u", "a", 1, EventType.Unlike), One("u", "a", 2, EventType.Like));
        var unliked = Datasets.Of(One("u", "a", 2, EventType.Unlike), One("u", "a", 1, EventType.Like));
        Assert.Equal([100f], TrainingMatrices.Build(liked, s_weights, null, Token).Interactions.RowValues(0));
        Assert.Equal([3f], TrainingMatrices.Build(unliked, s_weights, null, Token).Negatives!.RowValues(0));
    }

    [Fact]
    public void What_is_disliked_is_negative_and_still_seen()
    {
        var data = Datasets.Of(One("u", "a", 1), One("u", "a", 2, EventType.NotInterested), One("u", "b", 3));
        var training = TrainingMatrices.Build(data, s_weights, null, Token);
        Assert.Equal([1], training.Interactions.RowColumns(0));
        Assert.Equal([0], training.Negatives!.RowColumns(0));
        Assert.Equal([4f], training.Negatives.RowValues(0));
        Assert.Equal([0, 1], TrainingMatrices.Seen(data, null, Token).RowColumns(0));
    }

    [Fact]
    public void Only_the_oldest_events_that_are_asked_for_count()
    {
        var data = Datasets.Of(One("u", "a", 1), One("u", "b", 2), One("w", "a", 1));
        var training = TrainingMatrices.Build(data, s_weights, [1, 0], Token);
        Assert.Equal([0], training.Interactions.RowColumns(0));
        Assert.Equal(0, training.Interactions.RowLength(1));
        Assert.Null(training.Negatives);
        Assert.Equal([0], TrainingMatrices.Seen(data, [1, 0], Token).RowColumns(0));
    }
}
