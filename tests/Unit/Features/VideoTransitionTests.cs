using Recommender.Features.State;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Tests.Unit.Features;

public sealed class VideoTransitionTests
{
    private const long At = 1_763_800_000_000;
    private readonly VideoCounters _counters = new();
    private long _offset;

    private bool Absorb(EventType type, float? ratio = null, long at = At, long? offset = null)
    {
        var e = new FeatureEvent(0, type, "u", "v", at, null, at, new LogPosition(1, 0, 0, (offset ?? _offset++) + 1));
        return VideoTransition.Absorb(_counters, e, ratio);
    }

    private double Trending(int window, long now) => _counters.Trending[window].At(now, OnlineKeys.Windows[window].HalfLife);

    [Fact]
    public void Each_type_has_a_counter()
    {
        EventType[] types = [EventType.View, EventType.Like, EventType.Unlike, EventType.Share, EventType.Skip, EventType.NotInterested];
        for (var i = 0; i < types.Length; i++)
            for (var n = 0; n <= i; n++) Absorb(types[i]);
        Assert.Equal((1, 2, 3), (_counters.Views, _counters.Likes, _counters.Unlikes));
        Assert.Equal((4, 5, 6), (_counters.Shares, _counters.Skips, _counters.NotInterested));
    }

    [Fact]
    public void The_watch_ratio_is_the_mean_of_those_that_are_known()
    {
        Absorb(EventType.View, 0.5f);
        Absorb(EventType.View, 1f);
        Absorb(EventType.View);
        Assert.Equal(3, _counters.Views);
        Assert.Equal(0.75, _counters.AverageWatchRatio);
    }

    [Fact]
    public void A_record_that_was_absorbed_before_changes_nothing()
    {
        Assert.True(Absorb(EventType.Like, offset: 4));
        var before = _counters.Encode();
        Assert.False(Absorb(EventType.Like, offset: 4));
        Assert.False(Absorb(EventType.Share, offset: 1));
        Assert.Equal(before, _counters.Encode());
    }

    [Fact]
    public void Engagement_fades_with_each_window_at_its_own_pace()
    {
        Absorb(EventType.Like);
        Absorb(EventType.Share, at: At - 3_600_000);
        Assert.Equal(Engagement.Like + (Engagement.Share / 2), Trending(0, At), 9);
        Assert.Equal((Engagement.Like / 2) + (Engagement.Share / Math.Pow(2, 25.0 / 24)), Trending(1, At + 86_400_000), 9);
    }

    [Theory]
    [InlineData(EventType.View, 0.25f, 0.25)]
    [InlineData(EventType.View, 7f, 1)]
    [InlineData(EventType.View, null, Engagement.UnknownView)]
    [InlineData(EventType.Skip, null, 0)]
    [InlineData(EventType.NotInterested, null, 0)]
    [InlineData(EventType.Unlike, null, 0)]
    [InlineData(EventType.Follow, null, Engagement.Follow)]
    public void A_view_weighs_what_was_watched_and_a_rejection_nothing(EventType type, float? ratio, double weight)
    {
        Absorb(type, ratio);
        Assert.Equal(weight, Trending(2, At), 9);
        Assert.True(Engagement.Share > Engagement.Like && Engagement.Like > Engagement.Of(EventType.View, WatchRatio.Max));
    }

    [Theory]
    [InlineData(500L, 1000, 0.5f)]
    [InlineData(0L, 1000, 0f)]
    [InlineData(99_000L, 1000, WatchRatio.Max)]
    [InlineData(333L, 1000, 341f / 1024)]
    [InlineData(500L, 0, null)]
    [InlineData(null, 1000, null)]
    public void A_watch_ratio_is_bounded_and_a_multiple_of_its_step(long? watched, long duration, float? expected) =>
        Assert.Equal(expected, WatchRatio.Of(watched, duration));
}
