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

    /// <summary>How old an event may be. 0: any age, as imports of history need it. At most 36,500 days.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.Zero;

    /// <summary>Events a second that one viewer may send for long; more are RESOURCE_EXHAUSTED. 0: as many as they like. At most 100,000.</summary>
    public double ViewerEventsPerSecond { get; init; }

    /// <summary>Events that one viewer may send at once after a pause. 1 to 1,000,000.</summary>
    public int ViewerBurst { get; init; } = 100;

    /// <summary>Viewers whose rates are remembered, 24 bytes each; those not seen for longest are forgotten. 8 to 100,000,000.</summary>
    public int LimitedViewers { get; init; } = 100_000;

    /// <summary>Keys of an event's context that are kept, separated by commas; others are dropped and counted. *: all.</summary>
    public string ContextKeys { get; init; } = "app_version,country,device_class,language,network,os,platform,timezone";

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        check.Range(MaxClockSkew, TimeSpan.Zero, TimeSpan.FromDays(1));
        check.Range(MaxWatchTime, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
        check.Range(StreamWindow, 1, 100_000);
        check.Range(MaxAge, TimeSpan.Zero, TimeSpan.FromDays(36_500));
        check.Range(ViewerEventsPerSecond, 0, 100_000);
        check.Range(ViewerBurst, 1, 1_000_000);
        check.Range(LimitedViewers, 8, 100_000_000);
    }
}
