using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Recommender.Hosting.Telemetry;

namespace Recommender.Hosting.Kafka;

/// <summary>What producers tell about themselves, under OpenTelemetry's names for messaging clients.</summary>
internal static class KafkaMetrics
{
    private static readonly KeyValuePair<string, object?> System = new("messaging.system", "kafka");

    private static readonly Histogram<double> Duration = RecommenderTelemetry.Meter.CreateHistogram(
        "messaging.client.operation.duration", "s", "Time from handing a record over to its acknowledgement.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60] });

    private static readonly ConcurrentDictionary<(string Topic, ErrorCode Error), StrongBox<long>> Sent = new();

    private static long s_inFlight;

    private static readonly Counter<long> Waited = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.kafka.full", description: "Records that had to wait because as many as may be were on their way.");

    // Asked for now and then instead of told of each record.
    static KafkaMetrics()
    {
        RecommenderTelemetry.Meter.CreateObservableUpDownCounter(
            "recommender.kafka.in_flight", static () => Volatile.Read(ref s_inFlight), description: "Records handed to Kafka that have no outcome yet (at most Kafka:MaxInFlight).");
        RecommenderTelemetry.Meter.CreateObservableCounter("messaging.client.sent.messages", SentMessages, "{message}", "Records handed to Kafka that have their outcome.");
    }

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
        Count(topic, ErrorCode.NoError);
        Duration.Record(duration.TotalSeconds, System, new("messaging.destination.name", topic));
    }

    /// <summary>A record is not durable as far as is known.</summary>
    public static void Failed(string topic, ErrorCode error) => Count(topic, error);

    private static void Count(string topic, ErrorCode error) => Interlocked.Increment(ref Sent.GetOrAdd((topic, error), static _ => new StrongBox<long>()).Value);

    private static IEnumerable<Measurement<long>> SentMessages() => Sent.Select(static sent =>
    {
        var (count, destination) = (Volatile.Read(ref sent.Value.Value), new KeyValuePair<string, object?>("messaging.destination.name", sent.Key.Topic));
        return sent.Key.Error == ErrorCode.NoError
            ? new Measurement<long>(count, System, destination)
            : new Measurement<long>(count, System, destination, new("error.type", sent.Key.Error.ToString()));
    });
}
