using System.Diagnostics.Metrics;
using Recommender.Hosting.Telemetry;

namespace Recommender.Hosting.Redis;

/// <summary>What the Redis client tells about itself, under OpenTelemetry's names for database clients.</summary>
internal static class RedisMetrics
{
    private static readonly KeyValuePair<string, object?> System = new("db.system.name", "redis");

    private static readonly Histogram<double> Duration = RecommenderTelemetry.Meter.CreateHistogram(
        "db.client.operation.duration", "s", "Time of a call, many keys at once being one call.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] });

    /// <summary>A call has ended.</summary>
    /// <param name="operation">The command or script.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="error">The kind of failure, or <see langword="null"/>.</param>
    public static void Ended(string operation, TimeSpan duration, string? error)
    {
        var name = new KeyValuePair<string, object?>("db.operation.name", operation);
        if (error is null)
            Duration.Record(duration.TotalSeconds, System, name);
        else
            Duration.Record(duration.TotalSeconds, System, name, new("error.type", error));
    }
}
