using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Recommender.Hosting.Telemetry;

/// <summary>The meter and the activity source that every service writes to. No user or video id is ever a label.</summary>
public static class RecommenderTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Recommender";

    /// <summary>Instruments of the product; names follow OpenTelemetry (dots, base units), Prometheus names are derived from them.</summary>
    public static Meter Meter { get; } = new(Name);

    /// <summary>Spans of the product; those of HTTP and gRPC come from ASP.NET Core.</summary>
    public static ActivitySource ActivitySource { get; } = new(Name);
}
