using System.Collections.Frozen;
using System.Text;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Telemetry;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Recommender.Hosting.Kafka;

/// <summary>
/// Makes the headers of a service's records, which are CloudEvents 1.0 in Kafka's binary content mode. What records share is made once, since there are up
/// to seven for each. Safe for concurrent use.
/// </summary>
/// <param name="source">The producing service, e.g. <c>/recommender/ingestion</c>.</param>
public sealed class CloudEvents(string source)
{
    private static readonly Header s_specVersion = Text(CloudEventHeaders.SpecVersion, "1.0");
    private static readonly Header s_json = Text(CloudEventHeaders.ContentType, "application/json");
    private static readonly FrozenDictionary<string, Header> s_types = Topics.All.ToFrozenDictionary(t => t, t => Text(CloudEventHeaders.Type, t), StringComparer.Ordinal);
    private readonly Header _source = Text(CloudEventHeaders.Source, source);

    /// <summary>Content type of records whose value is whatever it was.</summary>
    public static Header Bytes { get; } = Text(CloudEventHeaders.ContentType, "application/octet-stream");

    /// <summary>The header of when something happened, which records of one moment may share.</summary>
    public static Header Time(Timestamp at)
    {
        Span<byte> text = stackalloc byte[JsonTime.MaxBytes];
        return new Header(CloudEventHeaders.Time, text[..JsonTime.Format(at, text)].ToArray());
    }

    /// <summary>The header of a trace, which its records may share; null without one.</summary>
    /// <param name="traceParent">As <see cref="TraceHeaders.Current"/> gives it.</param>
    public static Header? Trace(byte[]? traceParent) => traceParent is null ? null : new Header(CloudEventHeaders.TraceParent, traceParent);

    /// <summary>The headers of a record with a JSON value that belongs to the current trace.</summary>
    /// <param name="topic">The topic, which is the event's type.</param>
    /// <param name="id">The event's id.</param>
    /// <param name="at">When it happened.</param>
    public Headers Headers(string topic, string id, Timestamp at) => Headers(topic, id, Time(at), Trace(TraceHeaders.Current()));

    /// <summary>The headers of a record.</summary>
    /// <param name="topic">The topic, which is the event's type.</param>
    /// <param name="id">The event's id.</param>
    /// <param name="time">See <see cref="Time"/>.</param>
    /// <param name="trace">See <see cref="Trace"/>; null: of no trace.</param>
    /// <param name="contentType">Of the value; null: JSON.</param>
    public Headers Headers(string topic, string id, Header time, Header? trace = null, Header? contentType = null)
    {
        var type = s_types.TryGetValue(topic, out var known) ? known : Text(CloudEventHeaders.Type, topic);
        var headers = new Headers { s_specVersion, Text(CloudEventHeaders.Id, id), type, _source, time, contentType ?? s_json };
        if (trace is not null) headers.Add(trace);
        return headers;
    }

    private static Header Text(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));
}
