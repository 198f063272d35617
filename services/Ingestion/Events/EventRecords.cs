using System.Text;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.V1;

namespace Recommender.Ingestion.Events;

/// <summary>Turns good events into records: CloudEvents in binary mode, keyed by viewer.</summary>
internal sealed class EventRecords(TimeProvider time)
{
    /// <summary>Makes the headers of what this service writes.</summary>
    public static CloudEvents CloudEvents { get; } = new("/recommender/ingestion");

    /// <summary>Completes the event (id, time) in place and makes its record.</summary>
    public KafkaRecord Create(Event e)
    {
        // Milliseconds are what clocks are worth, and what people read.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        if (e.EventId.Length == 0) e.EventId = Guid.CreateVersion7(now).ToString();
        e.OccurredAt ??= Timestamp.FromDateTimeOffset(now);
        var topic = Topics.Of(e.Type);
        var value = EventJson.Serialize(e, Timestamp.FromDateTimeOffset(now));
        return new KafkaRecord(topic, Encoding.UTF8.GetBytes(e.UserId), value, CloudEvents.Headers(topic, e.EventId, e.OccurredAt), now);
    }
}
