using FsCheck;
using FsCheck.Fluent;
using Recommender.Ingestion;
using Recommender.Ingestion.Events;
using Recommender.Tests.Unit.Features;

namespace Recommender.Tests.Unit.Ingestion;

public sealed class ViewerLimiterTests
{
    private readonly ManualClock _clock = new();

    private ViewerLimiter Limiter(double perSecond, int burst = 3, int viewers = 64) =>
        new(new IngestionOptions { ViewerEventsPerSecond = perSecond, ViewerBurst = burst, LimitedViewers = viewers }, _clock);

    [Fact]
    public void By_default_nobody_is_limited()
    {
        var limiter = new ViewerLimiter(new IngestionOptions(), _clock);
        for (var i = 0; i < 10_000; i++) Assert.Null(limiter.TryTake("bot"));
    }

    [Fact]
    public void Who_sends_too_many_waits_for_as_long_as_is_said_and_others_do_not()
    {
        var limiter = Limiter(perSecond: 4);
        for (var i = 0; i < 3; i++) Assert.Null(limiter.TryTake("bot"));
        var wait = limiter.TryTake("bot");
        Assert.Equal(TimeSpan.FromSeconds(0.25), wait);
        Assert.Null(limiter.TryTake("ann"));
        _clock.Advance(TimeSpan.FromSeconds(0.25) - TimeSpan.FromTicks(1));
        Assert.NotNull(limiter.TryTake("bot"));
        _clock.Advance(TimeSpan.FromTicks(2));
        Assert.Null(limiter.TryTake("bot"));
        Assert.NotNull(limiter.TryTake("bot"));
    }

    [Fact]
    public void A_pause_fills_the_bucket_and_no_more()
    {
        var limiter = Limiter(perSecond: 4);
        for (var i = 0; i < 3; i++) limiter.TryTake("bot");
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => limiter.TryTake("bot") is null));
    }

    [Fact]
    public void Nobody_ever_gets_more_than_the_burst_and_the_rate() => Prop
        .ForAll(ArbMap.Default.ArbFor<byte[]>(), pauses =>
        {
            var limiter = Limiter(perSecond: 10, burst: 5);
            var (taken, elapsed) = (0, 0);
            foreach (var pause in pauses)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(pause));
                elapsed += pause;
                if (limiter.TryTake("bot") is null) taken++;
            }
            return taken <= 5 + (elapsed / 100.0) && taken >= Math.Min(pauses.Length, 5);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void A_crowd_of_a_million_costs_no_memory_and_does_not_free_who_keeps_flooding()
    {
        var limiter = new ViewerLimiter(new IngestionOptions { ViewerEventsPerSecond = 0.001, ViewerBurst = 3, LimitedViewers = 64 }, new TickingClock());
        for (var i = 0; i < 3; i++) limiter.TryTake("bot");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var crowd = new string[1000];
        for (var i = 0; i < crowd.Length; i++) crowd[i] = $"viewer-{i}";
        var own = GC.GetAllocatedBytesForCurrentThread() - before;
        for (var round = 0; round < 1000; round++)
        {
            for (var i = 0; i < crowd.Length; i++)
            {
                limiter.TryTake(crowd[i]);
                if (i % 4 == 0) Assert.NotNull(limiter.TryTake("bot"));
            }
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, own, own + 200_000);
    }

    /// <summary>A clock that is never twice at the same moment.</summary>
    private sealed class TickingClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ++_now;
    }
}
