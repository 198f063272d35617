using System.Collections.Concurrent;
using Recommender.Serving.Catalog;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Fresh;

/// <summary>
/// What this replica knows of new videos: how often it showed them, how likely each is the best liked, and vectors for those that the
/// model does not know. Safe for concurrent use.
/// </summary>
[Stage(20)]
internal sealed class FreshBoard : ISideEffect
{
    private readonly VideoCatalog _catalog;
    private readonly ConcurrentDictionary<string, int> _shown = new(StringComparer.Ordinal);
    private FreshChances _chances = FreshChances.None;
    private ColdVectors _vectors = ColdVectors.None;

    public FreshBoard(VideoCatalog catalog)
    {
        _catalog = catalog;
        catalog.DeletionChanged += (videoId, isDeleted) => Vectors.MarkDeleted(videoId, isDeleted);
    }

    /// <summary>What is learnt from first viewers.</summary>
    public FirstViewers FirstViewers { get; } = new();

    /// <summary>The viewers who were answered last.</summary>
    public RecentViewers RecentViewers { get; } = new();

    /// <summary>How the videos stood when they were last judged.</summary>
    public FreshChances Chances => Volatile.Read(ref _chances);

    /// <summary>Vectors of videos that the model does not know; in the space of the model that they name.</summary>
    public ColdVectors Vectors => Volatile.Read(ref _vectors);

    /// <summary>How often this replica showed a new video.</summary>
    public int ShownHere(string videoId) => _shown.GetValueOrDefault(videoId);

    /// <summary>Puts new chances in place of the old ones.</summary>
    public void Publish(FreshChances chances) => Volatile.Write(ref _chances, chances);

    /// <summary>Puts new vectors in place of the old ones.</summary>
    public void Publish(ColdVectors vectors)
    {
        // Under the catalog's lock no deletion falls between the walk and the swap.
        lock (_catalog.Sync)
        {
            foreach (var videoId in _catalog.Deleted) vectors.MarkDeleted(videoId, true);
            Volatile.Write(ref _vectors, vectors);
        }
    }

    /// <summary>Forgets videos that are not new any more.</summary>
    public void Keep(HashSet<string> videos)
    {
        FirstViewers.Keep(videos);
        foreach (var videoId in _shown.Keys)
            if (!videos.Contains(videoId)) _shown.TryRemove(videoId, out _);
    }

    /// <inheritdoc/>
    public void After(ViewerQuery query, RecommendResponse response)
    {
        foreach (var video in response.Videos)
            if (video.Source == Source.Fresh && _catalog.TryFind(video.VideoId, out _)) _shown.AddOrUpdate(video.VideoId, 1, static (_, count) => count + 1);
    }
}
