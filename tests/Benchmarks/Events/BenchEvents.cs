using System.Text;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.V1;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Recommender.Tests.Benchmarks.Events;

/// <summary>Events as measurements send them, by number.</summary>
internal static class BenchEvents
{
    /// <summary>Videos that there are.</summary>
    public const int Videos = 5000;

    private const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

    /// <summary>The i-th event, of one of the viewers.</summary>
    public static Event Of(int i, int viewers) => new()
    {
        EventId = $"0199f6c0-3c53-7e52-8a0c-{i:x12}", Type = (i % 10) switch { 0 => EventType.Like, 1 => EventType.Share, _ => EventType.View },
        UserId = $"user-{i * 7919L % viewers}", VideoId = $"video-{i * 104_729L % Videos}", OccurredAt = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
    };

    /// <summary>An event as the door writes it.</summary>
    public static (string Topic, Message<byte[], byte[]> Message) Message(Event e)
    {
        var topic = Topics.Of(e.Type);
        var headers = new Headers();
        foreach (var (name, value) in new[]
        {
            (CloudEventHeaders.SpecVersion, "1.0"), (CloudEventHeaders.Id, e.EventId), (CloudEventHeaders.Type, topic), (CloudEventHeaders.Source, "/recommender/ingestion"),
            (CloudEventHeaders.Time, JsonTime.Format(e.OccurredAt)), (CloudEventHeaders.ContentType, "application/json"), (CloudEventHeaders.TraceParent, Trace),
        }) headers.Add(name, Encoding.UTF8.GetBytes(value));
        return (topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(e.UserId), Value = EventJson.Serialize(e, e.OccurredAt), Headers = headers });
    }
}
