using Recommender.Hosting.Archive;

namespace Recommender.Training.Dataset;

/// <summary>The archive as one run sees it.</summary>
/// <param name="Events">The events that count.</param>
/// <param name="Version">Hash of their content.</param>
/// <param name="Ranges">The archived offsets: <c>log/type/partition</c> to <c>from-to</c>, inclusive.</param>
/// <param name="ArchivedEvents">Number of archived offsets of events.</param>
/// <param name="TakenAt">When the archive was listed, UTC.</param>
/// <param name="Counts">What was read and what was left out.</param>
internal sealed record Snapshot(
    EventDataset Events, string Version, IReadOnlyDictionary<string, string> Ranges, long ArchivedEvents, DateTimeOffset TakenAt, SnapshotCounts Counts)
{
    /// <summary>Who had asked to be forgotten.</summary>
    public ErasureTable Erasures { get; init; } = new();
}

/// <summary>What was read and what was left out.</summary>
/// <param name="Files">Archive files read.</param>
/// <param name="Rows">Rows of events read.</param>
/// <param name="Unreadable">Rows that are not what their file says.</param>
/// <param name="Duplicates">Events that repeat an event id of the same viewer.</param>
/// <param name="OfDeletedVideos">Events on deleted videos.</param>
/// <param name="OfErasedViewers">Events of viewers who asked to be forgotten.</param>
/// <param name="DeletedVideos">Deleted videos.</param>
internal sealed record SnapshotCounts(
    int Files, long Rows, long Unreadable, long Duplicates, long OfDeletedVideos, long OfErasedViewers, int DeletedVideos)
{
    /// <summary>Rows that say what was decided about authors.</summary>
    public AuthorEventCounts OfAuthors { get; init; } = new();
}
