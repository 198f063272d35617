using Recommender.Serving.Exposure;

namespace Recommender.Serving.Catalog;

/// <summary>What recommending needs to know of a video.</summary>
/// <param name="VideoId">The video.</param>
/// <param name="Hash"><see cref="Hosting.Online.StableHash"/> of the id, as viewers' memories of seen videos hold it.</param>
/// <param name="AuthorId">Its author; empty when unknown.</param>
/// <param name="PublishedAtMs">When it was published, Unix milliseconds.</param>
/// <param name="IsDeleted">Whether it must not be shown any more.</param>
internal sealed record CatalogVideo(string VideoId, ulong Hash, string AuthorId, long PublishedAtMs, bool IsDeleted)
{
    /// <summary>Tags and for whom it is.</summary>
    public VideoTraits Traits
    {
        get;
        init => (field, Tags, IsLimited) = (value, value.Tags, value.Countries.Length > 0 || value.NotIn.Length > 0 || value.MinimumAge > 0);
    } = VideoTraits.None;

    /// <summary>Whether it is not for every country and age; kept here so that <see cref="Traits"/> need not be looked at of most videos.</summary>
    public bool IsLimited { get; private init; }

    /// <summary>Those of <see cref="Traits"/>, kept here for the same reason.</summary>
    public int[] Tags { get; private init; } = [];

    /// <summary>A hash of the author, by which most others are told apart without a look at their names; 0: unknown.</summary>
    public int AuthorHash { get; } = AuthorId.Length > 0 ? AuthorId.GetHashCode(StringComparison.Ordinal) | 1 : 0;

    /// <summary>Whether both are by one author, and it is known.</summary>
    public bool IsByAuthorOf(CatalogVideo other) => AuthorHash != 0 && AuthorHash == other.AuthorHash && AuthorId == other.AuthorId;

    /// <summary>Its duration, milliseconds; 0 when unknown.</summary>
    public long DurationMs { get; init; }

    /// <summary>Whether the catalog has a newer state of the video: who kept this one must look again.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>Where its showings were counted last, so that they need not be looked up; null while there are none.</summary>
    public Showings? Showings { get; set; }
}
