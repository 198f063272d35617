using System.Collections.Concurrent;

namespace Recommender.Serving.Catalog;

/// <summary>The newest videos of every author, in bounded memory. Written by one thread at a time, read by any.</summary>
internal sealed class AuthorVideos
{
    /// <summary>Videos kept per author. Older ones do not move up when newer ones are deleted.</summary>
    public const int Depth = 16;

    private readonly ConcurrentDictionary<string, CatalogVideo[]> _videos = new(StringComparer.Ordinal);

    /// <summary>An author's newest videos, newest first. The array never changes.</summary>
    public CatalogVideo[] Of(string authorId) => _videos.TryGetValue(authorId, out var videos) ? videos : [];

    /// <summary>Takes a video in.</summary>
    public void Add(CatalogVideo video)
    {
        if (video.AuthorId.Length == 0) return;
        var old = Of(video.AuthorId);
        var at = Array.FindIndex(old, other => other.PublishedAtMs < video.PublishedAtMs);
        if (at < 0) at = old.Length;
        if (at == Depth) return;
        _videos[video.AuthorId] = [.. old[..at], video, .. old[at..Math.Min(old.Length, Depth - 1)]];
    }

    /// <summary>Leaves a video out, given as it was added.</summary>
    public void Remove(CatalogVideo video)
    {
        var old = Of(video.AuthorId);
        if (!Array.Exists(old, other => other.VideoId == video.VideoId)) return;
        if (old.Length == 1) _videos.TryRemove(video.AuthorId, out _);
        else _videos[video.AuthorId] = Array.FindAll(old, other => other.VideoId != video.VideoId);
    }
}
