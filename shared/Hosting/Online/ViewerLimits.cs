using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Online;

/// <summary>
/// Bounds of one viewer's online state. Bytes of the value, at most: 160 + interactions x (id bytes + 16) + 8 x (older seen + hidden) + 5 x (event
/// ids beyond the interactions) + (muted + followed authors) x (id bytes + 9), with topics of up to 8,192 partitions in up to five logs, offsets below 2^41, and less than 2^27 events of a type.
/// Ids that are a prefix and a number, UUIDs, or of the 64 letters of URL-safe Base64, take less.
/// </summary>
public sealed record ViewerLimits : IOptionsRecord
{
    /// <inheritdoc/>
    public static string Section => "Viewers";

    /// <summary>Newest interactions kept whole. 10 to 1,000.</summary>
    public int RecentInteractions { get; init; } = 100;

    /// <summary>Older videos remembered as seen, by hash. 0 to 100,000.</summary>
    public int OlderSeen { get; init; } = 2000;

    /// <summary>Videos remembered as unwanted, by hash. 10 to 100,000.</summary>
    public int Hidden { get; init; } = 500;

    /// <summary>Authors remembered as muted; whoever mutes more has those muted first again. 10 to 2,000.</summary>
    public int MutedAuthors { get; init; } = 200;

    /// <summary>Authors remembered as followed; whoever follows more no longer follows those followed first. 10 to 2,000.</summary>
    public int FollowedAuthors { get; init; } = 500;

    /// <summary>Events known again when a client sends them twice; the interactions that are kept whole always are. 16 to 10,000.</summary>
    public int EventIds { get; init; } = 256;

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        check.Range(RecentInteractions, 10, 1000);
        check.Range(OlderSeen, 0, 100_000);
        check.Range(Hidden, 10, 100_000);
        check.Range(MutedAuthors, 10, 2000);
        check.Range(FollowedAuthors, 10, 2000);
        check.Range(EventIds, 16, 10_000);
    }
}
