using System.Diagnostics.Metrics;
using Recommender.Hosting.Telemetry;

namespace Recommender.Serving.OnDemand;

/// <summary>What is counted of requests over Kafka.</summary>
internal static class OnDemandMetrics
{
    private static readonly Counter<long> s_requests = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.serving.on_demand.requests",
        description: "Requests over Kafka by outcome: answered, invalid, expired, failed, repeated, rejected.");

    private static readonly Histogram<double> s_delay = RecommenderTelemetry.Meter.CreateHistogram(
        "recommender.serving.on_demand.delay", "s", "Time from a request's record to its durable answer.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] });

    /// <summary>A request is done with.</summary>
    public static void Count(string outcome) => s_requests.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>An answer is durable.</summary>
    public static void Delivered(TimeSpan after) => s_delay.Record(Math.Max(0, after.TotalSeconds));
}
