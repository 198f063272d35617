using Recommender.Hosting.Configuration;

namespace Recommender.Ingestion;

/// <summary>The rules of the door.</summary>
public sealed record IngestionOptions : IOptionsRecord
{
    /// <inheritdoc/>
    public static string Section => "Ingestion";

    /// <summary>How far ahead of this machine's clock a device's clock may be. 0 to 1 day.</summary>
    public TimeSpan MaxClockSkew { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest watch time of one view. 1 second to 7 days.</summary>
    public TimeSpan MaxWatchTime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Events of one stream that are taken but not acknowledged yet; the stream is read no further beyond. 1 to 100,000.</summary>
    public int StreamWindow { get; init; } = 4096;

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        check.Range(MaxClockSkew, TimeSpan.Zero, TimeSpan.FromDays(1));
        check.Range(MaxWatchTime, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
        check.Range(StreamWindow, 1, 100_000);
    }
}
