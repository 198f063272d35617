namespace Recommender.Standalone.Embedded.Journal;

/// <summary>Where and what a journal keeps.</summary>
internal sealed record JournalSettings
{
    /// <summary>Its folder; made where it is missing.</summary>
    public required string Directory { get; init; }

    /// <summary>Name of the log of this start; letters and digits, in the order of the starts.</summary>
    public required string Log { get; init; }

    /// <summary>The topics whose records are kept.</summary>
    public required IReadOnlyCollection<string> Topics { get; init; }

    /// <summary>Bytes after which a new file is begun.</summary>
    public long SegmentBytes { get; init; } = 8 << 20;

    /// <summary>Bytes that may wait for the disk; whoever brings more waits.</summary>
    public long QueueBytes { get; init; } = 32 << 20;

    /// <summary>Makes sure that what the online state was told so far is on disk; false when it could not.</summary>
    public required Func<CancellationToken, Task<bool>> SyncState { get; init; }
}
