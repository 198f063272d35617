using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Features.Consuming;
using Recommender.Features.Online;
using Recommender.Features.State;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Tests.Unit.Features;

/// <summary>The event topics of one partition, and a consumer of them that can be ended anywhere.</summary>
internal sealed class FakeLog
{
    public const ulong Log = 7;
    public const int Partition = 3;
    public const long DurationMs = 1000;
    public const long Start = 1_763_800_000_000;

    private readonly List<FeatureEvent>[] _topics = [[], [], [], []];

    /// <summary>Bounds that are reached soon, except for the event ids.</summary>
    public ViewerLimits Limits { get; init; } = new() { RecentInteractions = 4, OlderSeen = 100, Hidden = 100, EventIds = 1000 };

    /// <summary>Memory for states: enough for some of them, so that states come from there and from the store.</summary>
    public long HotBytes { get; init; } = 8000;

    /// <summary>The topics, in the order of their numbers.</summary>
    public IReadOnlyList<IReadOnlyList<FeatureEvent>> Topics => _topics;

    /// <summary>Appends an event to its topic. One about an author names it in the video's place.</summary>
    public void Append(string eventId, EventType type, string user, string video, long at = 0, long? watchedMs = null)
    {
        var number = TopicNumbers.Of(Recommender.Contracts.Topics.Of(type));
        var next = _topics[number].Count + 1;
        var isOfAuthor = Recommender.Contracts.EventTypes.IsOfAuthor(type);
        _topics[number].Add(new FeatureEvent(
            StableHash.Of(eventId), type, user, isOfAuthor ? "" : video, Start + at, watchedMs, Start, new LogPosition(Log, number, Partition, next), isOfAuthor ? video : ""));
    }

    /// <summary>
    /// Consumes all topics to their ends from where the store says, in batches whose topic and size <paramref name="choose"/> picks. Begins
    /// again from the watermarks whenever the store forgot something or somebody else has written, as the real one does. What a batch has changed is written behind
    /// it, or behind one of the next.
    /// </summary>
    public async Task ConsumeAsync(FakeStore store, Func<int, int> choose, bool fromTheBeginning = false)
    {
        while (true)
        {
            try
            {
                await ConsumeOnceAsync(store, choose, fromTheBeginning);
                return;
            }
            catch (Exception e) when (e is StateLostException or LostWriteException)
            {
                // Once more.
            }
        }
    }

    private async Task ConsumeOnceAsync(FakeStore store, Func<int, int> choose, bool fromTheBeginning)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var durations = new DurationCache(store, new Recommender.Features.FeaturesOptions(), TimeProvider.System);
        var absorber = new PartitionAbsorber(store, durations, Limits, new Recommender.Features.FeatureMetrics(), NullLogger<PartitionAbsorber>.Instance);
        var marks = new StoredMarks(OnlineKeys.Partition(Partition), Partition, HotBytes);
        await store.BeginAsync(cancellation);
        await marks.ReadAsync(store, cancellation);
        var next = _topics.Select((_, t) => fromTheBeginning ? 0 : (int)marks.Next(Log, (byte)t)).ToArray();
        while (true)
        {
            var batch = new BatchEvents();
            var reached = new Dictionary<int, LogPosition>();
            for (var size = 1 + choose(5); size > 0; size--)
            {
                int[] open = [.. Enumerable.Range(0, _topics.Length).Where(t => next[t] < _topics[t].Count)];
                if (open.Length == 0) break;
                var topic = open[choose(open.Length)];
                var e = _topics[topic][next[topic]++];
                batch.Add(e);
                reached[topic] = e.After;
            }
            if (batch.Count == 0) break;
            await absorber.AbsorbAsync(marks, batch, reached.Values, cancellation);
            var what = choose(3);
            if (what == 0) await absorber.SettleAsync(marks, cancellation);
            if (what == 1) await absorber.WriteAsync(marks, cancellation);
        }
        await absorber.SettleAsync(marks, cancellation);
    }

    /// <summary>Puts the durations of videos into the catalog.</summary>
    public static void PutCatalog(FakeRedis redis, params IEnumerable<string> videos)
    {
        foreach (var video in videos)
        {
            var json = System.Text.Encoding.UTF8.GetBytes($$"""{"video_id":"{{video}}","duration_ms":{{DurationMs}}}""");
            redis.Set(OnlineKeys.Catalog(video), new CatalogEntry(1, 0, json).Encode());
        }
    }

    public static ViewerState Viewer(FakeRedis redis, string user) => ViewerState.Decode(redis.Values.GetValueOrDefault(OnlineKeys.Viewer(user)) ?? []);

    public static VideoCounters Video(FakeRedis redis, string video) =>
        VideoCounters.Decode(redis.Values.GetValueOrDefault(FakeStore.VideoField(video, Partition)) ?? []);
}
