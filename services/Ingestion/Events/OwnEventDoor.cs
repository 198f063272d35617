using Recommender.Hosting.Errors;
using Recommender.Hosting.Events;
using Recommender.Hosting.Kafka;
using Recommender.V1;

namespace Recommender.Ingestion.Events;

/// <summary>The door for parts of the same process.</summary>
internal sealed class OwnEventDoor(EventDoor door, IRecordProducer producer) : IEventDoor
{
    /// <inheritdoc/>
    public async Task<string> TakeAsync(Event e, CancellationToken cancellationToken)
    {
        var admission = door.Admit(e);
        if (admission.RetryAfter > TimeSpan.Zero) throw new DependencyUnavailableException(admission.Reason, admission.RetryAfter);
        if (admission.Record is not { } record) return admission.Reason;
        try
        {
            await producer.ProduceAsync(record, cancellationToken);
            IngestionMetrics.Accepted(e);
            return "";
        }
        catch (RecordRejectedException refused)
        {
            IngestionMetrics.Refused(e);
            return refused.Message;
        }
    }
}
