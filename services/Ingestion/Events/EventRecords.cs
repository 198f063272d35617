using System.Collections.Frozen;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Telemetry;
using Recommender.V1;
using Header = Confluent.Kafka.Header;
using Headers = Confluent.Kafka.Headers;

namespace Recommender.Ingestion.Events;

/// <summary>Turns good events into records: CloudEvents in binary mode, keyed by viewer.</summary>
internal sealed class EventRecords(TimeProvider time)
{
    // What all records share is made once: there are seven headers for each event.
    private static readonly Header s_source = new(CloudEventHeaders.Source, "/recommender/ingestion"u8.ToArray());
    private static readonly Header s_specVersion = new(CloudEventHeaders.SpecVersion, "1.0"u8.ToArray());
    private static readonly Header s_contentType = new(CloudEventHeaders.ContentType, "application/json"u8.ToArray());
    private static readonly FrozenDictionary<string, Header> s_types =
        Topics.All.ToFrozenDictionary(t => t, t => new Header(CloudEventHeaders.Type, Encoding.ASCII.GetBytes(t)), StringComparer.Ordinal);

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
        Span<byte> time = stackalloc byte[JsonTime.MaxBytes];
        var headers = new Headers
        {
            s_specVersion, new Header(CloudEventHeaders.Id, Encoding.UTF8.GetBytes(id)), s_types[topic], s_source,
            new Header(CloudEventHeaders.Time, time[..JsonTime.Format(at, time)].ToArray()), s_contentType,
        };
        if (TraceHeaders.Current() is { } traceParent) headers.Add(CloudEventHeaders.TraceParent, traceParent);
        return headers;
    }
}
