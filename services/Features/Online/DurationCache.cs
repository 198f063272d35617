using Recommender.Hosting.Online;

namespace Recommender.Features.Online;

/// <summary>
/// Durations of videos, from the catalog entries in Redis: bounded, and old enough entries are asked for again, since other replicas absorb
/// other partitions of the catalog. Safe for use by many threads.
/// </summary>
internal sealed class DurationCache(IOnlineStore store, FeaturesOptions options, TimeProvider time)
{
    private static readonly TimeSpan s_knownLifetime = TimeSpan.FromMinutes(10);

    // A video is often viewed for the first time just before its catalog entry arrives.
    private static readonly TimeSpan s_unknownLifetime = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();

    // Two generations: what was not used while the younger one filled up is dropped with the older one.
    private Dictionary<string, Entry> _young = [];
    private Dictionary<string, Entry> _old = [];

    /// <summary>Durations in milliseconds, in the order of the ids; 0 where none is known.</summary>
    public async Task<long[]> GetAsync(IReadOnlyList<string> videoIds, CancellationToken cancellationToken)
    {
        var durations = new long[videoIds.Count];
        List<int>? missing = null;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            for (var i = 0; i < durations.Length; i++)
                if (!TryGet(videoIds[i], now, out durations[i])) (missing ??= []).Add(i);
        }
        if (missing is null) return durations;
        string[] ids = [.. missing.Select(i => videoIds[i])];
        var entries = await store.ReadCatalogAsync(ids, cancellationToken);
        for (var i = 0; i < ids.Length; i++)
        {
            durations[missing[i]] = entries[i] is { } entry ? DurationOf(entry) : 0;
            Put(ids[i], durations[missing[i]]);
        }
        return durations;
    }

    /// <summary>Notes the duration of a video that was just absorbed; 0 when it has none.</summary>
    public void Put(string videoId, long durationMs)
    {
        var lifetime = durationMs > 0 ? s_knownLifetime : s_unknownLifetime;
        var entry = new Entry(durationMs, time.GetTimestamp() + (long)(lifetime.TotalSeconds * time.TimestampFrequency));
        lock (_lock) Keep(videoId, entry);
    }

    private static long DurationOf(CatalogEntry entry)
    {
        try
        {
            return entry.ToVideo()?.Duration is { } duration ? (long)duration.ToTimeSpan().TotalMilliseconds : 0;
        }
        catch (FormatException)
        {
            return 0; // unreadable is unknown; whoever wrote it is told elsewhere
        }
    }

    private bool TryGet(string videoId, long now, out long durationMs)
    {
        durationMs = 0;
        if (!_young.TryGetValue(videoId, out var entry))
        {
            if (!_old.TryGetValue(videoId, out entry)) return false;
            Keep(videoId, entry);
        }
        durationMs = entry.DurationMs;
        return now < entry.ExpiresAt;
    }

    private void Keep(string videoId, Entry entry)
    {
        if (_young.Count >= options.CachedDurations / 2) (_old, _young) = (_young, []);
        _young[videoId] = entry;
    }

    private readonly record struct Entry(long DurationMs, long ExpiresAt);
}
