using System.Threading.Channels;
using Grpc.Core;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;
using Recommender.V1;

namespace Recommender.Ingestion.Events;

/// <summary>
/// One bidirectional stream. Events are taken as they come, up to a window of unacknowledged ones, and acknowledged in order; while Kafka is
/// slow the window fills, the stream is read no further, and HTTP/2 flow control holds the client back.
/// </summary>
/// <param name="door">Judges events and turns good ones into records.</param>
/// <param name="producer">Writes them.</param>
/// <param name="metrics">Count them.</param>
/// <param name="window">Events taken and not acknowledged yet.</param>
/// <param name="stopping">The process stops: nothing more is taken, what was taken is acknowledged, and the client is told to come back.</param>
internal sealed class EventStream(
    EventDoor door, IRecordProducer producer, IngestionMetrics metrics, int window, CancellationToken stopping)
{
    private static readonly TimeSpan s_comeBack = TimeSpan.FromSeconds(1);
    private readonly Channel<Pending> _pending = Channel.CreateBounded<Pending>(new BoundedChannelOptions(window) { SingleReader = true, SingleWriter = true });

    /// <summary>Serves the stream until the client ends it; fails with what made Kafka refuse an event, after the acknowledgements before it.</summary>
    public async Task RunAsync(
        IAsyncStreamReader<TrackEventRequest> requests, IServerStreamWriter<TrackEventResponse> responses, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var take = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, stopping);
        var taking = TakeAsync(requests, take.Token);
        try
        {
            await AcknowledgeAsync(responses, stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
            await taking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (_pending.Reader.TryRead(out _)) IngestionMetrics.StreamWindow(-1);
        }
    }

    private async Task TakeAsync(IAsyncStreamReader<TrackEventRequest> requests, CancellationToken cancellationToken)
    {
        try
        {
            while (await requests.MoveNext(cancellationToken))
            {
                await _pending.Writer.WriteAsync(await TakeOneAsync(requests.Current.Event, cancellationToken), cancellationToken);
                IngestionMetrics.StreamWindow(1);
            }
            _pending.Writer.Complete();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            _pending.Writer.Complete(new DependencyUnavailableException("this process is stopping", s_comeBack));
        }
        catch (Exception e)
        {
            // The acknowledging side reports it, in order.
            _pending.Writer.Complete(e);
        }
    }

    private async ValueTask<Pending> TakeOneAsync(Event? e, CancellationToken cancellationToken)
    {
        var admission = door.Admit(e);
        return admission.Record is { } record
            ? new Pending(e, "", await producer.SendAsync(record, cancellationToken))
            : new Pending(e, admission.Reason, null);
    }

    private async Task AcknowledgeAsync(IServerStreamWriter<TrackEventResponse> responses, CancellationToken cancellationToken)
    {
        await foreach (var pending in _pending.Reader.ReadAllAsync(cancellationToken))
        {
            IngestionMetrics.StreamWindow(-1);
            var response = new TrackEventResponse { EventId = pending.Event?.EventId ?? "", RejectedReason = pending.Refusal };
            if (pending.Delivery is { IsCompletedSuccessfully: true }) metrics.Accepted(pending.Event!);
            else if (pending.Delivery is { } delivery) response.RejectedReason = await DeliveredAsync(delivery, pending.Event!, cancellationToken);
            // While more acknowledgements are at hand they travel together.
            responses.WriteOptions = _pending.Reader.TryPeek(out var next) && next.IsSettled ? s_buffered : null;
            await responses.WriteAsync(response, cancellationToken);
        }
    }

    private async Task<string> DeliveredAsync(Task<RecordPosition> delivery, Event e, CancellationToken cancellationToken)
    {
        try
        {
            await delivery.WaitAsync(cancellationToken);
            metrics.Accepted(e);
            return "";
        }
        catch (RecordRejectedException refused)
        {
            metrics.Refused(e);
            return refused.Message;
        }
    }

    private static readonly WriteOptions s_buffered = new(WriteFlags.BufferHint);

    private sealed record Pending(Event? Event, string Refusal, Task<RecordPosition>? Delivery)
    {
        public bool IsSettled => Delivery is null or { IsCompleted: true };
    }
}
