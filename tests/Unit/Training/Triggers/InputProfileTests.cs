using FsCheck;
using FsCheck.Fluent;
using Recommender.Modeling.Weights;
using Recommender.Tests.Shared;
using Recommender.Training.Triggers;
using Recommender.V1;

namespace Recommender.Tests.Unit.Training.Triggers;

public sealed class InputProfileTests
{
    [Fact]
    public void Videos_are_grouped_by_tenths_of_everything()
    {
        // Half of everything is video 2's, so the next one begins in the second half.
        Assert.Equal([5, 8, 0, 9], InputProfile.GroupsOf([3f, 1f, 5f, 1f]));
        Assert.Equal([0, 0], InputProfile.GroupsOf([0f, 0f]));
        Assert.Empty(InputProfile.GroupsOf([]));
    }

    [Fact]
    public void Events_are_counted_by_type_watch_ratio_and_popularity()
    {
        var data = Datasets.Of(TestEvents.One("u", "a", 1, watched: 5), TestEvents.One("u", "b", 2, EventType.Like), TestEvents.One("w", "a", 3, EventType.Share));
        var profile = InputProfile.Of(data, [9f, 1f]);
        Assert.Equal((3, 1, 1, 1), (profile.Count, profile.EventTypes[(int)Signal.View], profile.EventTypes[(int)Signal.Like], profile.EventTypes[(int)Signal.Share]));
        Assert.Equal(1, profile.WatchRatios[11]);
        Assert.Equal((2, 1), (profile.Popularity[0], profile.Popularity[9]));
        profile.Add(Signal.View, 5, 10, -1);
        profile.Add(Signal.View, 25, 10, -1);
        profile.Add(Signal.View, 0, 10, 0);
        Assert.Equal((1, 1, 1, 2), (profile.WatchRatios[5], profile.WatchRatios[10], profile.WatchRatios[0], profile.Popularity[10]));
    }

    [Fact]
    public void The_index_is_as_worked_out_by_hand()
    {
        var (before, now) = (InputProfile.Empty(), InputProfile.Empty());
        before.EventTypes[1] = 80_000_000;
        before.EventTypes[2] = 20_000_000;
        now.EventTypes[1] = 50_000_000;
        now.EventTypes[2] = 50_000_000;
        var expected = ((0.5 - 0.8) * Math.Log(0.5 / 0.8)) + ((0.5 - 0.2) * Math.Log(0.5 / 0.2));
        Assert.Equal(expected, now.DriftFrom(before)["event_types"], 1e-4);
        Assert.Equal(0, now.DriftFrom(before)["watch_ratio"]);
    }

    [Fact]
    public void It_is_never_negative_and_zero_only_between_equals()
    {
        var counts = Gen.Choose(0, 1000).Select(n => (long)n).ArrayOf(12);
        Prop.ForAll(counts.ToArbitrary(), counts.ToArbitrary(), (a, b) =>
        {
            var (first, second) = (InputProfile.Empty() with { WatchRatios = a }, InputProfile.Empty() with { WatchRatios = b });
            var drift = first.DriftFrom(second)["watch_ratio"];
            return drift >= 0 && double.IsFinite(drift) && first.DriftFrom(first)["watch_ratio"] == 0 && Math.Abs(drift - second.DriftFrom(first)["watch_ratio"]) < 1e-9;
        }).QuickCheckThrowOnFailure();
    }
}
