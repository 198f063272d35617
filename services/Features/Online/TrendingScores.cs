using Recommender.Hosting.Online;

namespace Recommender.Features.Online;

/// <summary>
/// Trending scores of one partition's videos that are to be written, and the lowest score that has a place in each window. Scores only grow, so
/// the newest of a video is all that counts of it. Not thread-safe.
/// </summary>
internal sealed class TrendingScores
{
    private readonly Dictionary<string, double[]> _scores = new(StringComparer.Ordinal);
    private readonly double[] _floors = [.. OnlineKeys.Windows.Select(_ => double.NegativeInfinity)];

    /// <summary>Videos to be written.</summary>
    public int Count => _scores.Count;

    /// <summary>
    /// Notes a video's scores. Those that a batch did not change are noted as well: a crash may have come between the video's counters and its
    /// score. Left out is what has no place among the highest anyway.
    /// </summary>
    public void Note(string videoId, VideoCounters counters)
    {
        var hasPlace = false;
        for (var i = 0; i < _floors.Length; i++) hasPlace |= HasPlace(i, counters.Trending[i].Log2);
        if (hasPlace) _scores[videoId] = Array.ConvertAll(counters.Trending, t => t.Log2);
    }

    /// <summary>Writes what was noted.</summary>
    public async Task WriteAsync(IOnlineStore store, int partition, CancellationToken cancellationToken)
    {
        if (_scores.Count == 0) return;
        await Task.WhenAll(OnlineKeys.Windows.Select((_, window) => WriteAsync(store, partition, window, cancellationToken)));
        _scores.Clear();
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _scores.Clear();
        Array.Fill(_floors, double.NegativeInfinity);
    }

    private async Task WriteAsync(IOnlineStore store, int partition, int window, CancellationToken cancellationToken)
    {
        var scores = new List<TrendingScore>(_scores.Count);
        foreach (var (videoId, logs) in _scores)
            if (HasPlace(window, logs[window])) scores.Add(new TrendingScore(videoId, logs[window]));
        if (scores.Count > 0) _floors[window] = await store.WriteTrendingAsync(OnlineKeys.Windows[window].Name, partition, scores, cancellationToken);
    }

    private bool HasPlace(int window, double log2) => double.IsFinite(log2) && log2 >= _floors[window];
}
