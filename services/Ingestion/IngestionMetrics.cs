using System.Diagnostics.Metrics;
using Recommender.Contracts.Json;
using Recommender.Hosting.Telemetry;
using Recommender.V1;

namespace Recommender.Ingestion;

/// <summary>What the door counts.</summary>
internal sealed class IngestionMetrics
{
    private readonly Counter<long> _events = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.ingestion.events", description: "Events at the door by type and outcome (accepted: durable in Kafka; refused: bad input).");

    private readonly Counter<long> _videos = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.ingestion.videos", description: "Catalog changes by kind (upserted, deleted).");

    public void Accepted(Event e) => Count(e.Type, "accepted");

    public void Refused(Event? e) => Count(e?.Type ?? EventType.Unspecified, "refused");

    public void Upserted(int videos) => _videos.Add(videos, new KeyValuePair<string, object?>("kind", "upserted"));

    public void Deleted(int videos) => _videos.Add(videos, new KeyValuePair<string, object?>("kind", "deleted"));

    private void Count(EventType type, string outcome)
    {
        // A type from outside must not become a label of its own.
        var name = type is >= EventType.View and <= EventType.Follow ? EventTypeNames.NameOf(type) : "unknown";
        _events.Add(1, new KeyValuePair<string, object?>("type", name), new KeyValuePair<string, object?>("outcome", outcome));
    }
}
