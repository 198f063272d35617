namespace Recommender.Serving.Fresh;

/// <summary>How new videos stood when they were last judged. Immutable.</summary>
/// <param name="Videos">Per video: the chance that it is the best liked of all, and how often it was viewed by all viewers.</param>
internal sealed record FreshChances(IReadOnlyDictionary<string, FreshChance> Videos)
{
    /// <summary>Nothing was judged yet.</summary>
    public static FreshChances None { get; } = new(new Dictionary<string, FreshChance>());

    /// <summary>The chance of a video; one that was not judged yet counts as an average one.</summary>
    public double Of(string videoId) => Videos.TryGetValue(videoId, out var known) ? known.Best : 1.0 / Math.Max(1, Videos.Count);

    /// <summary>Views of a video by all viewers, as last read.</summary>
    public long ViewsOf(string videoId) => Videos.TryGetValue(videoId, out var known) ? known.Views : 0;
}

/// <summary>How a new video stands.</summary>
/// <param name="Best">The chance that it is the best liked, above 0.</param>
/// <param name="Views">Views by all viewers.</param>
internal readonly record struct FreshChance(double Best, long Views);
