namespace Recommender.Standalone.Simulate;

/// <summary>Size and seed of a simulated audience. The same settings and the same end of the period give the same events.</summary>
internal sealed record AudienceSettings
{
    /// <summary>Number of viewers, at least 1.</summary>
    public int Viewers { get; init; } = 1000;

    /// <summary>Number of videos, at least 100: fewer are watched up.</summary>
    public int Videos { get; init; } = 1000;

    /// <summary>Number of events, at least 1.</summary>
    public int Events { get; init; } = 60_000;

    /// <summary>Another seed is another world, with other viewers and videos.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Days that the events spread over; the last one ends now.</summary>
    public int Days { get; init; } = 14;
}
