using Recommender.Hosting.Configuration;

namespace Recommender.Features.Archiving;

/// <summary>When the archive's files are written.</summary>
public sealed record ArchiveOptions : IOptionsRecord
{
    /// <inheritdoc/>
    public static string Section => "Archive";

    /// <summary>The longest that a record waits to be written. 100 milliseconds to 1 hour.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Records of one partition after which its file is written, however young. 1 to 10,000,000.</summary>
    public int FlushEvents { get; init; } = 50_000;

    /// <summary>Mebibytes of records that may wait to be written; beyond that consumption pauses. 1 to 16,384.</summary>
    public int BufferMegabytes { get; init; } = 128;

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        check.Range(FlushInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        check.Range(FlushEvents, 1, 10_000_000);
        check.Range(BufferMegabytes, 1, 16_384);
    }
}
