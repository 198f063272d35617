namespace Recommender.Contracts;

/// <summary>Header names of a CloudEvents 1.0 record in Kafka's binary content mode, and of W3C trace context.</summary>
public static class CloudEventHeaders
{
    /// <summary>The event's id; the event_id for viewer events.</summary>
    public const string Id = "ce_id";

    /// <summary>The event's type: the topic's name.</summary>
    public const string Type = "ce_type";

    /// <summary>The producing service, e.g. <c>/recommender/ingestion</c>.</summary>
    public const string Source = "ce_source";

    /// <summary>When it happened, RFC 3339.</summary>
    public const string Time = "ce_time";

    /// <summary>From when on nobody needs the event any more, RFC 3339 (CloudEvents' extension <c>expirytime</c>). On requests.</summary>
    public const string ExpiryTime = "ce_expirytime";

    /// <summary>Version of the CloudEvents specification: <c>1.0</c>.</summary>
    public const string SpecVersion = "ce_specversion";

    /// <summary>Media type of the value: <c>application/json</c>.</summary>
    public const string ContentType = "content-type";

    /// <summary>
    /// Set on a record that was read from the archive and written again, since the broker does not keep it; any value. It says nothing new, so it is not archived
    /// again.
    /// </summary>
    public const string Restored = "recommender-restored";

    /// <summary>W3C trace context.</summary>
    public const string TraceParent = "traceparent";
}
