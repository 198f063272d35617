using System.Collections.Frozen;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Telemetry;
using Recommender.V1;
using Headers = Confluent.Kafka.Headers;

namespace Recommender.Ingestion.Events;

/// <summary>Turns good events into records: CloudEvents in binary mode, keyed by viewer.</summary>
internal sealed class EventRecords(TimeProvider time)
{
    private static readonly byte[] s_source = "/recommender/ingestion"u8.ToArray();
    private static readonly byte[] s_specVersion = "1.0"u8.ToArray();
    private static readonly FrozenDictionary<string, byte[]> s_types = Topics.Events.ToFrozenDictionary(t => t, Encoding.ASCII.GetBytes, StringComparer.Ordinal);
    private static readonly byte[] s_contentType = "application/json"u8.ToArray();

    /// <summary>Completes the event (id, time) in place and makes its record.</summary>
    public KafkaRecord Create(Event e)
    {
        // Milliseconds are what clocks are worth, and what people read.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        if (e.EventId.Length == 0) e.EventId = Guid.CreateVersion7(now).ToString();
        e.OccurredAt ??= Timestamp.FromDateTimeOffset(now);
        var topic = Topics.Of(e.Type);
        var value = EventJson.Serialize(e, Timestamp.FromDateTimeOffset(now));
        return new KafkaRecord(topic, Encoding.UTF8.GetBytes(e.UserId), value, Headers(topic, e.EventId, e.OccurredAt), now);
    }

    /// <summary>The CloudEvents headers of a record.</summary>
    public static Headers Headers(string topic, string id, Timestamp at)
    {
        var headers = new Headers
        {
            { CloudEventHeaders.SpecVersion, s_specVersion },
            { CloudEventHeaders.Id, Encoding.UTF8.GetBytes(id) },
            { CloudEventHeaders.Type, s_types.TryGetValue(topic, out var type) ? type : Encoding.ASCII.GetBytes(topic) },
            { CloudEventHeaders.Source, s_source },
            { CloudEventHeaders.Time, Encoding.ASCII.GetBytes(JsonTime.Format(at)) },
            { CloudEventHeaders.ContentType, s_contentType },
        };
        if (TraceHeaders.Current() is { } traceParent) headers.Add(CloudEventHeaders.TraceParent, traceParent);
        return headers;
    }
}
