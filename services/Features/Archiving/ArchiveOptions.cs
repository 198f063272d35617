using Recommender.Hosting.Archive.Keeping;
using Recommender.Hosting.Configuration;

namespace Recommender.Features.Archiving;

/// <summary>When the archive's files are written, and how they are kept.</summary>
public sealed record ArchiveOptions : IOptionsRecord
{
    /// <inheritdoc/>
    public static string Section => "Archive";

    /// <summary>The longest that a record waits to be written. 100 milliseconds to 1 hour.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Records of one partition after which its file is written, however young. 1 to 10,000,000.</summary>
    public int FlushEvents { get; init; } = 50_000;

    /// <summary>
    /// Mebibytes of records that may wait to be written: when half of that waits, files are written however young; beyond it consumption pauses. 1 to 16,384.
    /// </summary>
    public int BufferMegabytes { get; init; } = 128;

    /// <summary>
    /// Time between two looks at what the archive needs: rows of forgotten viewers removed, manifests, merging, retention. One replica at a time does
    /// it. 100 milliseconds to 1 day.
    /// </summary>
    public TimeSpan MaintenanceInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>So many small files of a partition that follow one another are merged into one for each day. 0 (never), or 2 to 1,000.</summary>
    public int CompactFiles { get; init; } = 8;

    /// <summary>Mebibytes that merged files have together at most, compressed. 1 to 1,024.</summary>
    public int CompactMegabytes { get; init; } = 64;

    /// <summary>Days after which events and impressions are dropped from the archive, by the day on which they happened; 0: never. 0 to 36,500.</summary>
    public int RetentionDays { get; init; }

    /// <summary>How old files are when they are merged, and how long those that were are kept for readers who have listed them. 0 to 30 days.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromHours(1);

    /// <summary><see cref="BufferMegabytes"/> in bytes.</summary>
    internal long BufferBytes => (long)BufferMegabytes << 20;

    /// <summary>These settings as rules.</summary>
    internal KeepingRules Rules =>
        new() { CompactFiles = CompactFiles, CompactBytes = (long)CompactMegabytes << 20, RetentionDays = RetentionDays, Grace = Grace };

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        check.Range(FlushInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        check.Range(FlushEvents, 1, 10_000_000);
        check.Range(BufferMegabytes, 1, 16_384);
        check.Range(MaintenanceInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1));
        if (CompactFiles != 0) check.Range(CompactFiles, 2, 1000);
        check.Range(CompactMegabytes, 1, 1024);
        check.Range(RetentionDays, 0, 36_500);
        check.Range(Grace, TimeSpan.Zero, TimeSpan.FromDays(30));
    }
}
