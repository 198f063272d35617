using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Recommender.Hosting.Telemetry;

namespace Recommender.Hosting.Kafka;

/// <summary>What producers tell about themselves, under OpenTelemetry's names for messaging clients.</summary>
internal static class KafkaMetrics
{
    private static readonly KeyValuePair<string, object?> System = new("messaging.system", "kafka");

    private static readonly Counter<long> Sent = RecommenderTelemetry.Meter.CreateCounter<long>(
        "messaging.client.sent.messages", "{message}", "Records handed to Kafka that have their outcome.");

    private static readonly Histogram<double> Duration = RecommenderTelemetry.Meter.CreateHistogram(
        "messaging.client.operation.duration", "s", "Time from handing a record over to its acknowledgement.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60] });

    private static long s_inFlight;

    private static readonly Counter<long> Waited = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.kafka.full", description: "Records that had to wait because as many as may be were on their way.");

    // Asked for now and then instead of told of each record.
    static KafkaMetrics() => RecommenderTelemetry.Meter.CreateObservableUpDownCounter(
        "recommender.kafka.in_flight", static () => Volatile.Read(ref s_inFlight), description: "Records handed to Kafka that have no outcome yet (at most Kafka:MaxInFlight).");

    /// <summary>A record takes a place among those on their way; whether it had to wait for one.</summary>
    public static void Entered(bool waited)
    {
        Interlocked.Increment(ref s_inFlight);
        if (waited)
            Waited.Add(1);
    }

    /// <summary>It gives its place back.</summary>
    public static void Left() => Interlocked.Decrement(ref s_inFlight);

    /// <summary>A record is durable.</summary>
    public static void Delivered(string topic, TimeSpan duration)
    {
        var destination = new KeyValuePair<string, object?>("messaging.destination.name", topic);
        Sent.Add(1, System, destination);
        Duration.Record(duration.TotalSeconds, System, destination);
    }

    /// <summary>A record is not durable as far as is known.</summary>
    public static void Failed(string topic, ErrorCode error) =>
        Sent.Add(1, System, new("messaging.destination.name", topic), new("error.type", error.ToString()));
}
