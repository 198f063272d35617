namespace Recommender.Hosting.Archive.Keeping;

/// <summary>How the archive is kept in order.</summary>
public sealed record KeepingRules
{
    /// <summary>How many small neighbours are merged into one; 0: none are.</summary>
    public int CompactFiles { get; init; } = 8;

    /// <summary>Bytes that a merged batch has at most. Batches of half as many are not small any more.</summary>
    public long CompactBytes { get; init; } = 64L << 20;

    /// <summary>Days after which events and impressions are dropped; 0: never.</summary>
    public int RetentionDays { get; init; }

    /// <summary>How old files must be to be merged, and for how long those that were are kept for readers who have listed them.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether files that were searched before are searched again when there are new wishes. When not, their turn comes later.</summary>
    public bool SearchAgain { get; init; } = true;
}

/// <summary>What keeping the archive in order did.</summary>
public sealed class KeepingReport
{
    /// <summary>Files read through.</summary>
    public int Searched { get; set; }

    /// <summary>Rows of forgotten viewers removed.</summary>
    public long RowsErased { get; set; }

    /// <summary>Files emptied since they were older than is kept.</summary>
    public int Expired { get; set; }

    /// <summary>Files merged into others.</summary>
    public int Merged { get; set; }

    /// <summary>Files that merging made.</summary>
    public int Made { get; set; }

    /// <summary>Files deleted since others hold their rows.</summary>
    public int Deleted { get; set; }

    /// <summary>What could not be read, a sentence each.</summary>
    public List<string> Problems { get; } = [];
}
