using System.Runtime.InteropServices;
using Recommender.Hosting.Online;

namespace Recommender.Serving.Trending;

/// <summary>What trends in one window, merged over all partitions. Immutable.</summary>
internal sealed class TrendingWindow
{
    private readonly Dictionary<string, DecayedSum> _engagement;

    /// <summary>Adds up what the partitions say; their order does not matter.</summary>
    /// <param name="name">Name of the window, e.g. <c>24h</c>.</param>
    /// <param name="halfLife">After which an event counts half.</param>
    /// <param name="parts">Videos with the log2 of their forward-decayed engagement, per partition.</param>
    public TrendingWindow(string name, TimeSpan halfLife, IEnumerable<IEnumerable<(string VideoId, double Log2)>> parts)
        : this(name, halfLife, AddUp(parts))
    {
    }

    private TrendingWindow(string name, TimeSpan halfLife, Dictionary<string, DecayedSum> engagement)
    {
        (Name, HalfLife, _engagement) = (name, halfLife, engagement);
        Videos = [.. _engagement.Select(e => new TrendingVideo(e.Key, StableHash.Of(e.Key), e.Value))
            .OrderByDescending(v => v.Engagement.Log2).ThenBy(v => v.VideoId, StringComparer.Ordinal)];
    }

    /// <summary>Name of the window.</summary>
    public string Name { get; }

    /// <summary>After which an event counts half.</summary>
    public TimeSpan HalfLife { get; }

    /// <summary>The videos, most trending first.</summary>
    public IReadOnlyList<TrendingVideo> Videos { get; }

    /// <summary>Engagement of a video relative to the most trending one: 0 (none) to 1. It does not depend on the time of asking.</summary>
    public double RatioOf(string videoId) =>
        _engagement.TryGetValue(videoId, out var sum) ? double.Exp2(sum.Log2 - Videos[0].Engagement.Log2) : 0;

    /// <summary>The same window, where some videos have more than is known here: a sum never shrinks.</summary>
    /// <param name="sums">Sums over all partitions.</param>
    public TrendingWindow With(IEnumerable<(string VideoId, DecayedSum Engagement)> sums)
    {
        var engagement = new Dictionary<string, DecayedSum>(_engagement, StringComparer.Ordinal);
        foreach (var (videoId, sum) in sums)
            if (double.IsFinite(sum.Log2) && engagement.TryGetValue(videoId, out var known) && sum.Log2 > known.Log2) engagement[videoId] = sum;
        return new TrendingWindow(Name, HalfLife, engagement);
    }

    private static Dictionary<string, DecayedSum> AddUp(IEnumerable<IEnumerable<(string VideoId, double Log2)>> parts)
    {
        var engagement = new Dictionary<string, DecayedSum>(StringComparer.Ordinal);
        foreach (var (videoId, log2) in parts.SelectMany(p => p))
        {
            if (!double.IsFinite(log2)) continue; // nothing counted, or damage
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(engagement, videoId, out var exists);
            sum = exists ? sum.Add(new DecayedSum(log2)) : new DecayedSum(log2);
        }
        return engagement;
    }
}
