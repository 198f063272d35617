using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Recommender.Hosting.Online;

namespace Recommender.Serving.Catalog;

/// <summary>
/// This replica's memory of the catalog topic. Videos that it does not hold may be recommended all the same; deleted ones never.
/// Reading is free of locks; changes come from one thread, the topic's reader.
/// </summary>
internal sealed class VideoCatalog(ServingOptions options)
{
    /// <summary>More are kept than are drawn from, so that deletions leave enough.</summary>
    private const int Slack = 4;

    private readonly ConcurrentDictionary<string, CatalogVideo> _videos = new(StringComparer.Ordinal);
    private readonly HashSet<string> _deleted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _authors = new(StringComparer.Ordinal);
    private readonly AuthorVideos _byAuthor = new();
    private readonly NewestVideos _newest = new(options.FreshPool * Slack);

    /// <summary>Held while the set of deleted videos changes; who must not miss a change takes it too.</summary>
    public Lock Sync { get; } = new();

    /// <summary>Makes traits of videos, with one number per tag.</summary>
    public TraitReader Traits { get; } = new();

    /// <summary>Told, under <see cref="Sync"/>, that a video is deleted (true) or is back (false).</summary>
    public event Action<string, bool>? DeletionChanged;

    /// <summary>Told, under <see cref="Sync"/>, of a video that was taken in, or of its new state.</summary>
    public event Action<CatalogVideo>? Upserted;

    /// <summary>Videos that may be shown.</summary>
    public int Count => _videos.Count - _deleted.Count;

    /// <summary>Deleted videos; to be walked through under <see cref="Sync"/>.</summary>
    public IReadOnlyCollection<string> Deleted => _deleted;

    /// <summary>What is known of a video, deleted ones included.</summary>
    public bool TryFind(string videoId, [NotNullWhen(true)] out CatalogVideo? video) => _videos.TryGetValue(videoId, out video);

    /// <summary>Whether the video must not be shown any more.</summary>
    public bool IsDeleted(string videoId) => _videos.TryGetValue(videoId, out var video) && video.IsDeleted;

    /// <summary>The newest videos by publication, newest first.</summary>
    public CatalogVideo[] Newest()
    {
        lock (Sync) return _newest.Snapshot();
    }

    /// <summary>The newest videos of an author, newest first; at most <see cref="AuthorVideos.Depth"/>.</summary>
    public CatalogVideo[] NewestOf(string authorId) => _byAuthor.Of(authorId);

    /// <summary>Takes a video in, or its new state.</summary>
    public void Upsert(string videoId, string authorId, long publishedAtMs, VideoTraits? traits = null, long durationMs = 0)
    {
        lock (Sync)
        {
            Forget(videoId);
            var video = new CatalogVideo(videoId, StableHash.Of(videoId), Shared(authorId), publishedAtMs, IsDeleted: false) { Traits = traits ?? VideoTraits.None, DurationMs = durationMs };
            _videos[videoId] = video;
            _newest.Add(video);
            _byAuthor.Add(video);
            if (_deleted.Remove(videoId)) DeletionChanged?.Invoke(videoId, false);
            Upserted?.Invoke(video);
        }
    }

    /// <summary>Notes that a video must not be shown any more.</summary>
    public void Delete(string videoId)
    {
        lock (Sync)
        {
            Forget(videoId);
            _videos[videoId] = new CatalogVideo(videoId, 0, "", 0, IsDeleted: true);
            if (_deleted.Add(videoId)) DeletionChanged?.Invoke(videoId, true);
        }
    }

    private void Forget(string videoId)
    {
        if (!_videos.TryGetValue(videoId, out var old)) return;
        if (!old.IsDeleted)
        {
            _newest.Remove(old);
            _byAuthor.Remove(old);
        }
        old.IsReplaced = true;
    }

    /// <summary>One string per author, however many videos there are.</summary>
    private string Shared(string authorId)
    {
        if (_authors.TryGetValue(authorId, out var shared)) return shared;
        _authors.Add(authorId);
        return authorId;
    }
}
