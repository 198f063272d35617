using System.Diagnostics.Metrics;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Telemetry;
using Recommender.V1;

namespace Recommender.Ingestion;

/// <summary>What the door counts.</summary>
internal sealed class IngestionMetrics
{
    // By number of the type.
    private static readonly string[] s_types = ["unknown", .. EventTypeNames.All];
    private static readonly string[] s_outcomes = ["accepted", "refused", "limited"];

    private static readonly long[] s_events = new long[s_types.Length * s_outcomes.Length];
    private static long s_window;

    private readonly Counter<long> _videos = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.ingestion.videos", description: "Catalog changes by kind (upserted, deleted).");

    private readonly Counter<long> _contextDropped = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.ingestion.context.dropped", description: "Entries of events' contexts that were dropped because their keys are not on the list (Ingestion:ContextKeys).");

    private readonly Histogram<double> _clockSkew = RecommenderTelemetry.Meter.CreateHistogram(
        "recommender.ingestion.clock.skew", "s", "How far devices' times of good events are ahead of this machine's clock, or behind it (late events are, too).", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 10, 60, 600, 3600, 86_400, 604_800] });

    // Asked for now and then instead of told of each event.
    static IngestionMetrics()
    {
        RecommenderTelemetry.Meter.CreateObservableCounter(
            "recommender.ingestion.events", Events, description: "Events at the door by type and outcome (accepted: durable in Kafka; refused: bad input; limited: the viewer sends too many).");
        RecommenderTelemetry.Meter.CreateObservableUpDownCounter(
            "recommender.ingestion.stream.window", static () => Volatile.Read(ref s_window), description: "Events of streams that are taken and not acknowledged yet (at most Ingestion:StreamWindow of each stream).");
    }

    public static void Accepted(Event e) => Count(e.Type, 0);

    public static void Refused(Event? e) => Count(e?.Type ?? EventType.Unspecified, 1);

    public static void Limited(Event e) => Count(e.Type, 2);

    public void ContextDropped(int entries) => _contextDropped.Add(entries);

    public static void StreamWindow(int change) => Interlocked.Add(ref s_window, change);

    public void ClockSkew(TimeSpan ahead) =>
        _clockSkew.Record(Math.Abs(ahead.TotalSeconds), new KeyValuePair<string, object?>("direction", ahead > TimeSpan.Zero ? "ahead" : "behind"));

    public void Upserted(int videos) => _videos.Add(videos, new KeyValuePair<string, object?>("kind", "upserted"));

    public void Deleted(int videos) => _videos.Add(videos, new KeyValuePair<string, object?>("kind", "deleted"));

    // A type from outside must not become a label of its own.
    private static void Count(EventType type, int outcome) =>
        Interlocked.Increment(ref s_events[((EventTypes.IsKnown(type) ? (int)type : 0) * s_outcomes.Length) + outcome]);

    private static IEnumerable<Measurement<long>> Events()
    {
        for (var i = 0; i < s_events.Length; i++)
        {
            if (Volatile.Read(ref s_events[i]) is > 0 and var count)
                yield return new(count, new("type", s_types[i / s_outcomes.Length]), new("outcome", s_outcomes[i % s_outcomes.Length]));
        }
    }
}
