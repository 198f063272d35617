using System.Diagnostics.Metrics;
using Recommender.Hosting.Telemetry;

namespace Recommender.Serving.Feed;

/// <summary>What is counted of streams.</summary>
internal static class FeedMetrics
{
    private static readonly Counter<long> s_events = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.serving.feed.events", description: "Events told in streams by outcome: accepted, rejected, unavailable.");

    private static long s_open;

    static FeedMetrics() => RecommenderTelemetry.Meter.CreateObservableGauge("recommender.serving.feed.streams", () => Interlocked.Read(ref s_open), description: "Streams that are open.");

    /// <summary>Streams were opened, or closed where negative.</summary>
    public static void Opened(int count) => Interlocked.Add(ref s_open, count);

    /// <summary>An event was told.</summary>
    public static void Event(string outcome) => s_events.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
