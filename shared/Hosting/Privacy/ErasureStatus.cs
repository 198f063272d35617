namespace Recommender.Hosting.Privacy;

/// <summary>How far a viewer's wish to be forgotten has come. A viewer may have several names, each of which has a record of its own.</summary>
/// <param name="RequestedAt">When it was asked for, UTC.</param>
/// <param name="Names">Names that the viewer has.</param>
/// <param name="OnlineRemoved">When online state and precomputed list were gone, by name; fewer than <paramref name="Names"/>: not of all.</param>
/// <param name="ArchiveRemoved">When the archive's rows were gone, by name.</param>
public sealed record ErasureStatus(
    DateTimeOffset RequestedAt, int Names, IReadOnlyList<DateTimeOffset> OnlineRemoved, IReadOnlyList<DateTimeOffset> ArchiveRemoved)
{
    /// <summary>When online state and precomputed lists of all names were gone; null: not yet.</summary>
    public DateTimeOffset? OnlineRemovedAt => LastOf(OnlineRemoved);

    /// <summary>When the archive's rows of all names were gone; null: not yet.</summary>
    public DateTimeOffset? ArchiveRemovedAt => LastOf(ArchiveRemoved);

    /// <summary>When all was done; null: not yet.</summary>
    public DateTimeOffset? CompletedAt => OnlineRemovedAt is { } online && ArchiveRemovedAt is { } archive ? (online > archive ? online : archive) : null;

    // Whatever number of names a foreign record has left in Redis: what was never carried out is not done.
    private DateTimeOffset? LastOf(IReadOnlyList<DateTimeOffset> times) => times.Count > 0 && times.Count >= Names ? times.Max() : null;
}
