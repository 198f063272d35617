using Grpc.Core;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;
using Recommender.V1;

namespace Recommender.Ingestion.Events;

/// <summary>The door for events: judges each, writes it to Kafka, and says OK only when every in-sync replica has it.</summary>
internal sealed class IngestionService(
    EventDoor door, IRecordProducer producer, IngestionOptions options, IHostApplicationLifetime lifetime)
    : V1.IngestionService.IngestionServiceBase
{
    /// <inheritdoc/>
    public override async Task<TrackEventResponse> TrackEvent(TrackEventRequest request, ServerCallContext context)
    {
        var admission = door.Admit(request.Event);
        if (admission.Record is not { } record) throw admission.ToException();
        await producer.ProduceAsync(record, context.CancellationToken);
        IngestionMetrics.Accepted(request.Event);
        return new TrackEventResponse { EventId = request.Event.EventId };
    }

    /// <inheritdoc/>
    public override async Task<TrackEventsResponse> TrackEvents(TrackEventsRequest request, ServerCallContext context)
    {
        if (request.Events.Count > EventRules.MaxBatch)
            throw GrpcErrors.InvalidArgument("events", $"has {request.Events.Count} events; at most {EventRules.MaxBatch} are allowed");
        var response = new TrackEventsResponse();
        var batch = new List<KafkaRecord>(request.Events.Count);
        var good = new List<int>(request.Events.Count);
        for (var i = 0; i < request.Events.Count; i++)
        {
            var e = request.Events[i];
            var admission = door.Admit(e);
            if (admission.Record is { } record)
            {
                batch.Add(record);
                good.Add(i);
            }
            response.Results.Add(new TrackEventResponse { EventId = e.EventId, RejectedReason = admission.Reason });
        }
        var outcomes = await producer.SendBatchAsync(batch, context.CancellationToken);
        for (var i = 0; i < outcomes.Length; i++)
        {
            switch (outcomes[i].Error)
            {
                case null:
                    IngestionMetrics.Accepted(request.Events[good[i]]);
                    break;
                case RecordRejectedException e:
                    response.Results[good[i]].RejectedReason = e.Message;
                    IngestionMetrics.Refused(request.Events[good[i]]);
                    break;
                // One answer for the whole call: the client sends the batch again, and what is durable already counts once by its event_id.
                case { } unavailable:
                    throw unavailable;
            }
        }
        return response;
    }

    /// <inheritdoc/>
    public override async Task StreamEvents(
        IAsyncStreamReader<TrackEventRequest> requestStream, IServerStreamWriter<TrackEventResponse> responseStream, ServerCallContext context)
    {
        using var stream = new EventStream(door, producer, options.StreamWindow, lifetime.ApplicationStopping);
        await stream.RunAsync(requestStream, responseStream, context.CancellationToken);
    }
}
