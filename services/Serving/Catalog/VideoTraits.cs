namespace Recommender.Serving.Catalog;

/// <summary>What a video is about and for whom it is.</summary>
/// <param name="Tags">Numbers of its tags, ascending, each once.</param>
/// <param name="Language">Language without region, lower case; empty when unknown.</param>
/// <param name="Countries">Only viewers there may see it, upper case; empty: everywhere.</param>
/// <param name="NotIn">Viewers there may not see it, upper case.</param>
/// <param name="MinimumAge">Years from which it may be seen; 0: any.</param>
internal sealed record VideoTraits(int[] Tags, string Language, string[] Countries, string[] NotIn, int MinimumAge)
{
    /// <summary>Nothing known: for everybody.</summary>
    public static VideoTraits None { get; } = new([], "", [], [], 0);
}
