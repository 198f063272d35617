using System.Diagnostics.Metrics;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Telemetry;
using Recommender.V1;

namespace Recommender.Ingestion;

/// <summary>What the door counts.</summary>
internal sealed class IngestionMetrics
{
    private static long s_window;

    private readonly Counter<long> _events = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.ingestion.events", description: "Events at the door by type and outcome (accepted: durable in Kafka; refused: bad input; limited: the viewer sends too many).");

    private readonly Counter<long> _videos = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.ingestion.videos", description: "Catalog changes by kind (upserted, deleted).");

    private readonly Counter<long> _contextDropped = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.ingestion.context.dropped", description: "Entries of events' contexts that were dropped because their keys are not on the list (Ingestion:ContextKeys).");

    private readonly Histogram<double> _clockSkew = RecommenderTelemetry.Meter.CreateHistogram(
        "recommender.ingestion.clock.skew", "s", "How far devices' times of good events are ahead of this machine's clock, or behind it (late events are, too).", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 10, 60, 600, 3600, 86_400, 604_800] });

    // Asked for now and then instead of told of each event.
    static IngestionMetrics() => RecommenderTelemetry.Meter.CreateObservableUpDownCounter(
        "recommender.ingestion.stream.window", static () => Volatile.Read(ref s_window), description: "Events of streams that are taken and not acknowledged yet (at most Ingestion:StreamWindow of each stream).");

    public void Accepted(Event e) => Count(e.Type, "accepted");

    public void Refused(Event? e) => Count(e?.Type ?? EventType.Unspecified, "refused");

    public void Limited(Event e) => Count(e.Type, "limited");

    public void ContextDropped(int entries) => _contextDropped.Add(entries);

    public static void StreamWindow(int change) => Interlocked.Add(ref s_window, change);

    public void ClockSkew(TimeSpan ahead) =>
        _clockSkew.Record(Math.Abs(ahead.TotalSeconds), new KeyValuePair<string, object?>("direction", ahead > TimeSpan.Zero ? "ahead" : "behind"));

    public void Upserted(int videos) => _videos.Add(videos, new KeyValuePair<string, object?>("kind", "upserted"));

    public void Deleted(int videos) => _videos.Add(videos, new KeyValuePair<string, object?>("kind", "deleted"));

    private void Count(EventType type, string outcome)
    {
        // A type from outside must not become a label of its own.
        var name = EventTypes.IsKnown(type) ? EventTypeNames.NameOf(type) : "unknown";
        _events.Add(1, new KeyValuePair<string, object?>("type", name), new KeyValuePair<string, object?>("outcome", outcome));
    }
}
