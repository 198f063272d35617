namespace Recommender.Serving.Catalog;

/// <summary>The videos published last, in bounded memory. Not thread-safe except for <see cref="Snapshot"/>'s result, which never changes.</summary>
/// <param name="capacity">How many are kept.</param>
internal sealed class NewestVideos(int capacity)
{
    private static readonly Comparer<CatalogVideo> s_newestFirst = Comparer<CatalogVideo>.Create(static (a, b) =>
        a.PublishedAtMs != b.PublishedAtMs ? b.PublishedAtMs.CompareTo(a.PublishedAtMs) : string.CompareOrdinal(a.VideoId, b.VideoId));

    private readonly SortedSet<CatalogVideo> _videos = new(s_newestFirst);
    private CatalogVideo[]? _snapshot = [];

    /// <summary>Takes a video in; the oldest leaves when there are too many.</summary>
    public void Add(CatalogVideo video)
    {
        if (_videos.Count >= capacity && s_newestFirst.Compare(video, _videos.Max!) > 0) return;
        if (!_videos.Add(video)) return;
        if (_videos.Count > capacity) _videos.Remove(_videos.Max!);
        _snapshot = null;
    }

    /// <summary>Leaves a video out, given as it was added.</summary>
    public void Remove(CatalogVideo video)
    {
        if (_videos.Remove(video)) _snapshot = null;
    }

    /// <summary>The videos, newest first.</summary>
    public CatalogVideo[] Snapshot() => _snapshot ??= [.. _videos];
}
