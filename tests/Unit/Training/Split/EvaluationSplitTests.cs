using Recommender.Modeling.Trainers;
using Recommender.Modeling.Weights;
using Recommender.Training.Split;
using Recommender.V1;
using static Recommender.Tests.Shared.TestEvents;

namespace Recommender.Tests.Unit.Training.Split;

public sealed class EvaluationSplitTests
{
    private static readonly InteractionWeights s_weights = new();

    private static EvaluationSplit Make(IEnumerable<Event> events, double testFraction = 0.2, int minViewers = 1) =>
        EvaluationSplit.Make(Datasets.Of(events), s_weights, new SplitLimits(testFraction, minViewers, 2), CancellationToken.None);

    private static IEnumerable<string> Tests(EvaluationSplit split) =>
        from viewer in Enumerable.Range(0, split.Relevant.RowCount) from video in split.Relevant.RowColumns(viewer).ToArray() select $"{viewer}:{video}";

    [Fact]
    public void Only_new_positives_of_viewers_with_a_past_are_tests()
    {
        // Before second 100: u likes 0; w only skips. From 100 on: u likes 0 again, likes 1, skips 2; w likes 1; x appears.
        var split = Make(
        [
            One("u", "v0", 1, EventType.Like), One("u", "v3", 2), One("w", "v0", 3, EventType.Skip),
            One("u", "v0", 100, EventType.Like), One("u", "v1", 101, EventType.Like), One("u", "v2", 102, EventType.Skip),
            One("w", "v1", 103, EventType.Like), One("x", "v1", 104, EventType.Like),
        ], testFraction: 0.5);
        Assert.Equal(HoldOut.ByTimeName, split.HoldOut.Name);
        Assert.Equal(["0:1"], Tests(split));
        Assert.Equal([0, 3], split.Seen.RowColumns(0));
    }

    [Fact]
    public void Data_spread_over_time_is_split_by_time()
    {
        var split = Make(Tastes(100, 80));
        Assert.Equal(HoldOut.ByTimeName, split.HoldOut.Name);
        Assert.InRange(split.TestViewers, 80, 100);
    }

    [Fact]
    public void Data_of_one_moment_is_split_by_each_viewers_last_videos()
    {
        var split = Make(Enumerable.Range(0, 30).SelectMany(v => Enumerable.Range(0, 10).Select(i => One($"u{v:D2}", $"v{i}", 5))));
        Assert.Equal(HoldOut.LastPerViewerName, split.HoldOut.Name);
        Assert.Equal((30, 60L), (split.TestViewers, split.Relevant.Count));
    }

    [Fact]
    public void Viewers_who_come_one_after_the_other_are_split_by_their_last_videos()
    {
        var split = Make(Enumerable.Range(0, 300).SelectMany(v => Enumerable.Range(0, 10).Select(i => One($"u{v:D3}", $"v{(v + i) % 40}", (v * 1000) + i))));
        Assert.Equal(HoldOut.LastPerViewerName, split.HoldOut.Name);
        Assert.Equal(300, split.TestViewers);
    }

    [Fact]
    public void Too_little_data_is_told_with_what_is_needed_and_what_there_is()
    {
        var error = Assert.Throws<TrainingDataException>(() => Make([One("u", "a", 1), One("u", "b", 2), One("w", "a", 1)], minViewers: 5));
        Assert.Equal("The archive needs at least 5 viewers with 2 liked or watched videos each; it has 1 (2 viewers, 3 events).", error.Message);
    }

    [Fact]
    public void No_data_at_all_is_told_too()
    {
        var error = Assert.Throws<TrainingDataException>(() => Make([], minViewers: 1));
        Assert.Contains("it has 0 (0 viewers, 0 events)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_without_anything_to_judge_by_is_told()
    {
        // Two positives each, but the newer video is only skipped after the older ones were liked at the same moment.
        var error = Assert.Throws<TrainingDataException>(() => Make([One("u", "a", 1, EventType.Skip), One("u", "b", 1, EventType.Skip), One("u", "c", 1, EventType.Skip),
            One("u", "d", 1, EventType.Skip), One("u", "e", 2, EventType.Like), One("u", "f", 3, EventType.Like)], testFraction: 0.5));
        Assert.Contains("no viewer whose newest", error.Message, StringComparison.Ordinal);
    }
}
