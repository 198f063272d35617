using Recommender.Training.Split;
using Recommender.V1;
using static Recommender.Tests.Shared.TestEvents;

namespace Recommender.Tests.Unit.Training.Split;

public sealed class HoldOutTests
{
    [Fact]
    public void By_time_everything_from_one_moment_on_is_held_out()
    {
        // Ten events at seconds 0..9; a fifth of them is held out: those from second 8 on.
        var data = Datasets.Of(Enumerable.Range(0, 10).Select(i => One(i % 2 == 0 ? "even" : "odd", $"v{i}", i)));
        Assert.Equal([4, 4], HoldOut.ByTime(data, 0.2).TrainCounts);
        Assert.Equal([2, 1], HoldOut.ByTime(data, 0.7).TrainCounts);
    }

    [Fact]
    public void Events_of_the_same_moment_stay_together()
    {
        var data = Datasets.Of(One("a", "x", 1), One("b", "x", 5), One("b", "y", 5), One("c", "x", 5), One("c", "y", 9));
        Assert.Equal([1, 0, 0], HoldOut.ByTime(data, 0.5).TrainCounts);
    }

    [Fact]
    public void By_time_works_for_more_events_than_are_sampled()
    {
        var data = Datasets.Of(Enumerable.Range(0, 1200).SelectMany(v => Enumerable.Range(0, 1000).Select(i => One($"u{v:D4}", "v", i))));
        Assert.InRange(HoldOut.ByTime(data, 0.2).TrainCounts.Average(), 795, 805);
    }

    [Fact]
    public void The_last_videos_of_each_viewer_are_held_out()
    {
        var data = Datasets.Of(Enumerable.Range(0, 10).Select(i => One("u", $"v{i}", i)).Append(One("w", "v0", 1)).Append(One("w", "v1", 2)));
        Assert.Equal([8, 1], HoldOut.LastPerViewer(data, 0.2).TrainCounts);
        Assert.Equal([5, 1], HoldOut.LastPerViewer(data, 0.5).TrainCounts);
    }

    [Fact]
    public void A_viewer_of_one_video_is_trained_on_whole()
    {
        var data = Datasets.Of(One("u", "a", 1), One("u", "a", 2, EventType.Like));
        Assert.Equal([2], HoldOut.LastPerViewer(data, 0.2).TrainCounts);
    }

    [Fact]
    public void Repeated_events_with_kept_videos_do_not_use_up_the_share()
    {
        // a a b a c: of three videos the last one is held out.
        var data = Datasets.Of(One("u", "a", 1), One("u", "a", 2), One("u", "b", 3), One("u", "a", 4), One("u", "c", 5));
        Assert.Equal([4], HoldOut.LastPerViewer(data, 0.2).TrainCounts);
    }
}
