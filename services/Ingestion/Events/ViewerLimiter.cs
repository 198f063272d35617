using Recommender.Hosting.Online;

namespace Recommender.Ingestion.Events;

/// <summary>
/// A token bucket for each viewer, in memory that does not grow: places are found by the hash of the id, some for each hash, and a viewer who
/// comes when all are taken gets that of the one who was not seen for longest, whose bucket is the likeliest to be full. Each replica of the
/// door counts for itself. Safe for use by many threads.
/// </summary>
internal sealed class ViewerLimiter
{
    private const int Ways = 8;
    private const int Locks = 256;

    private readonly TimeProvider _time;
    private readonly double _perTick;
    private readonly double _burst;
    private readonly Bucket[] _buckets;
    private readonly Lock[] _locks = [.. Enumerable.Range(0, Locks).Select(_ => new Lock())];

    public ViewerLimiter(IngestionOptions options, TimeProvider time)
    {
        _time = time;
        _perTick = options.ViewerEventsPerSecond / time.TimestampFrequency;
        _burst = options.ViewerBurst;
        _buckets = _perTick > 0 ? new Bucket[(options.LimitedViewers + Ways - 1) / Ways * Ways] : [];
    }

    private struct Bucket
    {
        public ulong Viewer;
        public double Tokens;
        public long At;
    }

    /// <summary>Takes one event from a viewer.</summary>
    /// <param name="userId">The viewer.</param>
    /// <returns>Null when the viewer may send it, otherwise how long to wait before the next attempt.</returns>
    public TimeSpan? TryTake(string userId)
    {
        if (_buckets.Length == 0) return null;
        var viewer = StableHash.Of(userId);
        var set = (int)(viewer % (ulong)(_buckets.Length / Ways));
        lock (_locks[set % Locks])
        {
            var now = _time.GetTimestamp();
            ref var bucket = ref Find(_buckets.AsSpan(set * Ways, Ways), viewer);
            // A place that nobody had before is a full bucket.
            bucket.Tokens = bucket.Viewer == viewer && bucket.At != 0 ? Math.Min(_burst, bucket.Tokens + ((now - bucket.At) * _perTick)) : _burst;
            (bucket.Viewer, bucket.At) = (viewer, now);
            if (bucket.Tokens < 1) return TimeSpan.FromSeconds((1 - bucket.Tokens) / _perTick / _time.TimestampFrequency);
            bucket.Tokens--;
            return null;
        }
    }

    private static ref Bucket Find(Span<Bucket> places, ulong viewer)
    {
        var oldest = 0;
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i].Viewer == viewer) return ref places[i];
            if (places[i].At < places[oldest].At) oldest = i;
        }
        return ref places[oldest];
    }
}
