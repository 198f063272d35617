using FsCheck;
using FsCheck.Fluent;
using Recommender.Features.State;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Tests.Unit.Features;

/// <summary>Whatever the order between topics, the batches, the retries, crashes, zombies and restarts of Redis: each event counts once.</summary>
public sealed class AbsorbingPropertyTests
{
    private static readonly string[] s_users = ["ann", "bob", "cyd"];
    private static readonly string[] s_videos = ["v1", "v2", "v3", "v4", "v5", "v6", "v7"];

    /// <summary>An event of a generated schedule; small numbers, so that a failing one shrinks to something readable.</summary>
    public sealed record Step(byte User, byte Video, byte Type, byte Time, byte IsRetry);

    [Fact]
    public void Each_event_counts_once_whatever_happens() => Prop
        .ForAll(ArbMap.Default.ArbFor<Step[]>(), ArbMap.Default.ArbFor<byte[]>(), (steps, chances) => HoldsAsync(steps, chances).GetAwaiter().GetResult())
        .Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(40));

    private static async Task<bool> HoldsAsync(Step[] steps, byte[] chances)
    {
        var redis = new FakeRedis();
        FakeLog.PutCatalog(redis, s_videos);
        var (log, effective) = Generate(steps);
        var chance = new Chance(chances);
        for (var lives = chance.Next(4); lives > 0; lives--) await LiveAsync(log, redis, chance);
        await log.ConsumeAsync(redis.Connect(), chance.Next);
        AssertEqual(log, effective, redis);
        return true;
    }

    /// <summary>A process that dies, and is interrupted by one that takes its work over, or sees Redis step back, or replays everything.</summary>
    private static async Task LiveAsync(FakeLog log, FakeRedis redis, Chance chance)
    {
        var store = redis.Connect();
        var interruption = chance.Next(80);
        var kind = chance.Next(3);
        store.Turn = async () =>
        {
            if (interruption-- != 0) return;
            // The catalog was written first and long ago.
            if (kind == 0) redis.StepBack(Math.Min(chance.Next(10), redis.Writes - s_videos.Length));
            if (kind == 1) await ConsumeUntilDeathAsync(log, redis.Connect(), chance);
        };
        await ConsumeUntilDeathAsync(log, store, chance, fromTheBeginning: kind == 2);
    }

    private static async Task ConsumeUntilDeathAsync(FakeLog log, FakeStore store, Chance chance, bool fromTheBeginning = false)
    {
        store.WritesUntilDeath = chance.Next(60);
        try
        {
            await log.ConsumeAsync(store, chance.Next, fromTheBeginning);
        }
        catch (ProcessDiedException)
        {
            // As was to be expected.
        }
    }

    private static (FakeLog Log, List<FeatureEvent> Effective) Generate(Step[] steps)
    {
        var log = new FakeLog();
        var effective = new List<FeatureEvent>();
        var sent = new List<(string Id, Step Step)>();
        foreach (var step in steps)
        {
            // A retry repeats an earlier event as it was.
            var isRetry = sent.Count > 0 && step.IsRetry % 4 == 0;
            var (id, e) = isRetry ? sent[step.Time % sent.Count] : ($"e{sent.Count}", step);
            var type = (EventType)(1 + (e.Type % 11));
            log.Append(id, type, s_users[e.User % s_users.Length], s_videos[e.Video % s_videos.Length], e.Time, type == EventType.View ? e.Time * 7 : null);
            if (isRetry) continue;
            sent.Add((id, e));
            effective.Add(log.Topics[TopicNumbers.Of(Recommender.Contracts.Topics.Of(type))][^1]);
        }
        return (log, effective);
    }

    private static void AssertEqual(FakeLog log, List<FeatureEvent> effective, FakeRedis redis)
    {
        foreach (var user in s_users) AssertViewer([.. effective.Where(e => e.UserId == user)], FakeLog.Viewer(redis, user), log.Limits);
        foreach (var video in s_videos) AssertVideo([.. effective.Where(e => e.VideoId == video)], video, redis);
        var marks = LogWatermarks.Decode(redis.Values.GetValueOrDefault(OnlineKeys.Partition(FakeLog.Partition)) ?? []);
        for (byte t = 0; t < log.Topics.Count; t++) Assert.Equal(log.Topics[t].Count, marks.Next(FakeLog.Log, t, FakeLog.Partition));
    }

    private static void AssertViewer(FeatureEvent[] events, ViewerState viewer, ViewerLimits limits)
    {
        long Count(EventType type) => events.Count(e => e.Type == type);
        Assert.Equal(
            (Count(EventType.View), Count(EventType.Like), Count(EventType.Unlike), Count(EventType.Share), Count(EventType.Skip)),
            (viewer.Views, viewer.Likes, viewer.Unlikes, viewer.Shares, viewer.Skips));
        Assert.Equal(events.Length == 0 ? 0 : events.Max(e => e.OccurredAtMs), viewer.LastSeenAtMs);
        var interactions = events.Where(e => e.IsOfVideo).ToArray();
        var byTime = interactions.Select(e => new RecentInteraction(e.VideoId, e.Type, e.OccurredAtMs, WatchRatio.Of(e.WatchTimeMs, FakeLog.DurationMs) ?? 0, RetryKey.Of(e.EventId)))
            .OrderByDescending(r => r.OccurredAtMs).ThenBy(r => r.VideoId, StringComparer.Ordinal).ThenBy(r => r.Type).ThenByDescending(r => r.WatchRatio).ThenBy(r => r.Key).ToList();
        Assert.Equal(byTime.Take(limits.RecentInteractions), viewer.Recent);
        var older = byTime.Skip(limits.RecentInteractions).Where(r => r.Type != EventType.Follow).Select(r => StableHash.Of(r.VideoId));
        Assert.Equal(older.Distinct().Order(), viewer.OlderSeen.Order());
        Assert.Equal(events.Where(e => e.Type == EventType.NotInterested).Select(e => StableHash.Of(e.VideoId)).Distinct().Order(), viewer.Hidden.Order());
        Assert.All(events, e => Assert.True(viewer.Knows(e.EventId)));
        Assert.Equal(Math.Max(0, interactions.Length - limits.RecentInteractions) + events.Length - interactions.Length, viewer.OlderEvents.Count);
        // Of each author and matter the decision that happened last, and of several at once what holds.
        var decided = events.Where(e => !e.IsOfVideo).GroupBy(e => (e.AuthorId, Recommender.Contracts.EventTypes.IsOfMuting(e.Type)))
            .Select(g => g.OrderByDescending(e => e.OccurredAtMs).ThenBy(e => e.Type).First()).ToList();
        Assert.Equal(decided.Where(e => e.Type == EventType.MuteAuthor).Select(e => e.AuthorId).Order(), viewer.Muted.Ids.Order());
        Assert.Equal(decided.Where(e => e.Type == EventType.FollowAuthor).Select(e => e.AuthorId).Order(), viewer.Followed.Ids.Order());
    }

    private static void AssertVideo(FeatureEvent[] events, string video, FakeRedis redis)
    {
        var counters = FakeLog.Video(redis, video);
        long Count(EventType type) => events.Count(e => e.Type == type);
        Assert.Equal(
            (Count(EventType.View), Count(EventType.Like), Count(EventType.Unlike), Count(EventType.Share), Count(EventType.Skip), Count(EventType.NotInterested)),
            (counters.Views, counters.Likes, counters.Unlikes, counters.Shares, counters.Skips, counters.NotInterested));
        // Exactly, not nearly: ratios are made so that their sums do not depend on the order.
        Assert.Equal(events.Sum(e => (double)(WatchRatio.Of(e.WatchTimeMs, FakeLog.DurationMs) ?? 0)), counters.WatchRatioSum);
        for (var i = 0; i < OnlineKeys.Windows.Count; i++)
        {
            var (name, halfLife) = OnlineKeys.Windows[i];
            var now = FakeLog.Start + 300;
            var expected = events.Sum(e => Engagement.Of(e.Type, WatchRatio.Of(e.WatchTimeMs, FakeLog.DurationMs)) * Math.Pow(2, (e.OccurredAtMs - now) / halfLife.TotalMilliseconds));
            Assert.Equal(expected, counters.Trending[i].At(now, halfLife), tolerance: 1e-6);
            var score = redis.Scores.GetValueOrDefault((OnlineKeys.Trending(name, FakeLog.Partition), video), double.NegativeInfinity);
            Assert.Equal(counters.Trending[i].Log2, score);
        }
    }

    /// <summary>A source of choices that a failing run can be shrunk by.</summary>
    private sealed class Chance(byte[] bytes)
    {
        private int _next;

        public int Next(int n) => n <= 1 ? 0 : (bytes.Length == 0 ? 0 : bytes[_next++ % bytes.Length]) % n;
    }
}
