using Recommender.Features.State;
using Recommender.Hosting.Online;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Features;

/// <summary>Viewers who do all sorts of things, retries included, and what their features must be in the end.</summary>
internal sealed class Audience(FeaturesFixture fixture, int seed)
{
    private const int Viewers = 60;
    private const int Videos = 25;

    private readonly Random _random = new(seed);
    private readonly List<Event> _sent = [];

    /// <summary>Events that were sent, without retries.</summary>
    public int Distinct => _sent.Count;

    /// <summary>Has events sent and acknowledged; some of them are retries of earlier ones.</summary>
    public async Task SendAsync(int count)
    {
        var batch = new List<Event>(count);
        for (var i = 0; i < count; i++)
        {
            if (_sent.Count > 0 && _random.Next(10) == 0)
            {
                batch.Add(_sent[Math.Max(0, _sent.Count - 1 - _random.Next(50))]);
                continue;
            }
            var e = FeaturesFixture.Event(
                $"s{seed}-{_sent.Count}", (EventType)_random.Next(1, 8), $"s{seed}-u{_random.Next(Viewers)}", $"s{seed}-v{_random.Next(Videos)}");
            _sent.Add(e);
            batch.Add(e);
        }
        await fixture.SendAsync(batch);
    }

    /// <summary>Waits until everything is absorbed, then compares every counter with the events that were sent.</summary>
    public async Task AssertCountedOnceAsync()
    {
        await fixture.WaitUntilAbsorbedAsync();
        foreach (var group in _sent.GroupBy(e => e.UserId))
        {
            var viewer = await fixture.ViewerAsync(group.Key);
            Assert.Equal(
                (Of(group, EventType.View), Of(group, EventType.Like), Of(group, EventType.Unlike), Of(group, EventType.Share), Of(group, EventType.Skip)),
                (viewer.Views, viewer.Likes, viewer.Unlikes, viewer.Shares, viewer.Skips));
            Assert.Equal(group.Max(e => e.OccurredAt.ToDateTimeOffset().ToUnixTimeMilliseconds()), viewer.LastSeenAtMs);
        }
        foreach (var group in _sent.GroupBy(e => e.VideoId))
        {
            var video = await fixture.VideoAsync(group.Key);
            Assert.Equal(
                (Of(group, EventType.View), Of(group, EventType.Like), Of(group, EventType.Unlike), Of(group, EventType.Share), Of(group, EventType.Skip), Of(group, EventType.NotInterested)),
                (video.Views, video.Likes, video.Unlikes, video.Shares, video.Skips, video.NotInterested));
        }
        await AssertTrendingAsync();
    }

    /// <summary>Trending sums are those of the distinct events, and each partition's ranking has just the sums that its counters have.</summary>
    private async Task AssertTrendingAsync()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        for (var i = 0; i < OnlineKeys.Windows.Count; i++)
        {
            var (name, halfLife) = OnlineKeys.Windows[i];
            var ranked = new Dictionary<string, double>[FeaturesFixture.Partitions];
            for (var p = 0; p < ranked.Length; p++)
                ranked[p] = (await fixture.Redis.Client.SortedSetTopAsync(OnlineKeys.Trending(name, p), 10_000)).ToDictionary(e => (string)e.Element!, e => e.Score);
            foreach (var group in _sent.GroupBy(e => e.VideoId))
            {
                var expected = group.Sum(e => DecayedSum.Of(Engagement.Of(e.Type, null), e.OccurredAt.ToDateTimeOffset().ToUnixTimeMilliseconds(), halfLife).At(now, halfLife));
                Assert.Equal(expected, (await fixture.VideoAsync(group.Key)).Trending[i].At(now, halfLife), 1e-9 * (1 + expected));
                foreach (var field in await fixture.Redis.Client.HashGetAllAsync(OnlineKeys.Video(group.Key)))
                {
                    var sum = VideoCounters.Decode((byte[])field.Value!).Trending[i].Log2;
                    if (double.IsFinite(sum)) Assert.Equal(sum, ranked[(int)field.Name][group.Key]);
                }
            }
        }
    }

    /// <summary>Waits until the archive has every record once, retries included.</summary>
    public async Task AssertArchivedAsync(int records)
    {
        List<string> ids = [];
        await Eventually.TrueAsync(async () => (ids = [.. (await fixture.ArchivedEventIdsAsync()).Where(id => id.StartsWith($"s{seed}-", StringComparison.Ordinal))]).Count >= records);
        Assert.Equal(records, ids.Count);
        Assert.Equal(Distinct, ids.Distinct().Count());
    }

    private static long Of(IEnumerable<Event> events, EventType type) => events.Count(e => e.Type == type);
}
