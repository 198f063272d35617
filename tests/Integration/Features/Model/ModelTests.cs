using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Contracts;
using Recommender.Features;
using Recommender.Features.Online;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Online;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Features.Model;

/// <summary>
/// The invariant: every viewer's and every video's counters are the numbers of distinct acknowledged events, and the archive has every record once,
/// whatever the order of events, retries, deaths between any two writes, takeovers with a writer that does not know that it is out, replays of
/// everything, and a Redis that goes back in time. Real Redis, real broker protocol, real files; schedules are random and shrink.
/// </summary>
public sealed class ModelTests : IAsyncLifetime
{
    private const int Schedules = 15;
    private static readonly TimeSpan s_shrinkingTime = TimeSpan.FromSeconds(60);

    private readonly RedisFixture _redis = new();
    private readonly SemaphoreSlim _gate = new(1);
    private RedisPast _past = null!;
    private long? _firstFailure;

    /// <summary>One thing that happens. Small numbers, so that a failing schedule shrinks to something readable.</summary>
    /// <param name="Kind">0 to 2: events; 3: a life that ends; 4: a replay; 5: a takeover in the middle; 6: Redis goes back in the middle; 7: a moment to go back to.</param>
    /// <param name="Size">Events, or the write at which it happens.</param>
    /// <param name="Seed">Which events, and how large batches are.</param>
    public sealed record Happening(byte Kind, byte Size, byte Seed);

    public async ValueTask InitializeAsync()
    {
        await _redis.InitializeAsync();
        _past = new RedisPast(_redis.Server.Endpoint);
    }

    public async ValueTask DisposeAsync()
    {
        _past?.Dispose();
        _gate.Dispose();
        await _redis.DisposeAsync();
    }

    [Fact]
    public void Every_counter_is_the_number_of_distinct_acknowledged_events_whatever_happens() => Prop
        .ForAll(ArbMap.Default.ArbFor<Happening[]>(), happenings => Holds(happenings))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(Schedules).WithStartSize(8).WithEndSize(30));

    /// <summary>Runs a schedule. Shrinking a failing one ends after a while: what takes a second each time could go on for an hour.</summary>
    private void Holds(Happening[] happenings)
    {
        if (_firstFailure is { } at && TimeProvider.System.GetElapsedTime(at) > s_shrinkingTime) return;
        try
        {
            HoldsAsync(happenings).GetAwaiter().GetResult();
        }
        catch
        {
            _firstFailure ??= TimeProvider.System.GetTimestamp();
            throw;
        }
    }

    private async Task HoldsAsync(Happening[] happenings)
    {
        using var directory = new TempDirectory();
        await using var log = new RealLog();
        _past.Clear();
        foreach (var happening in happenings) await HappenAsync(happening, log, directory.Path);
        using (var last = new Worker(log, NewStore(), directory.Path)) await last.RunAsync(batch: 100);
        await AssertCountersAsync(log);
        await AssertArchiveAsync(log, directory.Path);
    }

    private async Task HappenAsync(Happening happening, RealLog log, string archive)
    {
        var (at, batch) = (1 + (happening.Size % 40), 1 + (happening.Seed % 30));
        switch (happening.Kind % 8)
        {
            case 0 or 1 or 2:
                var random = new Random(happening.Seed);
                await log.WriteAsync(Enumerable.Range(0, 1 + (happening.Size % 40)).Select(_ => (random.Next(-2, 7), random.Next(1000), random.Next(1000))));
                break;
            case 3:
                using (var doomed = new Worker(log, NewStore(deathAt: at), archive)) await doomed.RunAsync(batch);
                break;
            case 4:
                using (var again = new Worker(log, NewStore(deathAt: happening.Seed % 2 == 0 ? at : 0), archive)) await again.RunAsync(batch, fromTheBeginning: true);
                break;
            case 5:
                using (var other = new Worker(log, NewStore(deathAt: happening.Seed % 3 == 0 ? at + 5 : 0), archive))
                using (var zombie = new Worker(log, NewStore(interruptionAt: at, interruption: () => other.RunAsync(7)), archive)) await zombie.RunAsync(batch);
                break;
            case 6:
                using (var worker = new Worker(log, NewStore(interruptionAt: at, interruption: GoBackAsync), archive)) await worker.RunAsync(batch);
                break;
            default:
                _past.Remember();
                break;
        }
    }

    private async Task GoBackAsync()
    {
        await _gate.WaitAsync();
        try
        {
            _past.GoBack();
        }
        finally
        {
            _gate.Release();
        }
    }

    private DyingStore NewStore(int deathAt = 0, int interruptionAt = 0, Func<Task>? interruption = null) =>
        new(new RedisOnlineStore(_redis.Client, new FeaturesOptions(), new WrongTypes(_redis.Client, new FeatureMetrics(), NullLogger<WrongTypes>.Instance)), _gate)
        {
            DeathAt = deathAt, InterruptionAt = interruptionAt, Interruption = interruption ?? (() => Task.CompletedTask),
        };

    private async Task AssertCountersAsync(RealLog log)
    {
        foreach (var group in log.Distinct.GroupBy(e => e.UserId))
        {
            var viewer = ViewerState.Decode(await _redis.Client.GetAsync(OnlineKeys.Viewer(group.Key)));
            Assert.Equal(
                (group.Key, Of(group, EventType.View), Of(group, EventType.Like), Of(group, EventType.Unlike), Of(group, EventType.Share), Of(group, EventType.Skip)),
                (group.Key, viewer.Views, viewer.Likes, viewer.Unlikes, viewer.Shares, viewer.Skips));
            // Of each author and matter the decision that happened last, and of several at once what holds.
            var decided = group.Where(e => e.AuthorId.Length > 0).GroupBy(e => (e.AuthorId, EventTypes.IsOfMuting(e.Type)))
                .Select(g => g.OrderByDescending(e => e.OccurredAt.ToDateTimeOffset().ToUnixTimeMilliseconds()).ThenBy(e => e.Type).First()).ToList();
            Assert.Equal(decided.Where(e => e.Type == EventType.MuteAuthor).Select(e => e.AuthorId).Order(), viewer.Muted.Ids.Order());
            Assert.Equal(decided.Where(e => e.Type == EventType.FollowAuthor).Select(e => e.AuthorId).Order(), viewer.Followed.Ids.Order());
        }
        foreach (var group in log.Distinct.GroupBy(e => e.VideoId))
        {
            var video = new VideoCounters();
            foreach (var field in await _redis.Client.HashGetAllAsync(OnlineKeys.Video(group.Key))) video.Add(VideoCounters.Decode((byte[])field.Value!));
            Assert.Equal(
                (group.Key, Of(group, EventType.View), Of(group, EventType.Like), Of(group, EventType.Unlike), Of(group, EventType.Share), Of(group, EventType.NotInterested)),
                (group.Key, video.Views, video.Likes, video.Unlikes, video.Shares, video.NotInterested));
        }
    }

    private static async Task AssertArchiveAsync(RealLog log, string path)
    {
        var catalog = ArchiveCatalog.Load(path);
        foreach (var ((topic, partition), end) in log.Ends) Assert.Equal(end, catalog.NextOffset(RealLog.Identity, ArchiveFile.TypeOf(topic), partition));
        var rows = 0L;
        foreach (var file in catalog.Files()) await ArchiveRows.ReadAsync(path, file, _ => rows++, CancellationToken.None);
        Assert.Equal(log.Records, rows);
    }

    private static long Of(IEnumerable<Event> events, EventType type) => events.Count(e => e.Type == type);
}
