using System.Threading.Channels;
using Grpc.Core;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;
using Recommender.V1;

namespace Recommender.Ingestion.Events;

/// <summary>
/// One bidirectional stream. Events are taken as they come, those that are at hand together in runs, up to a window of unacknowledged ones, and
/// acknowledged in order, a run at a time; while Kafka is slow the window fills, the stream is read no further, and HTTP/2 flow control holds the client back.
/// </summary>
/// <param name="door">Judges events and turns good ones into records.</param>
/// <param name="producer">Writes them.</param>
/// <param name="window">Events taken and not acknowledged yet.</param>
/// <param name="stopping">The process stops: nothing more is taken, what was taken is acknowledged, and the client is told to come back.</param>
internal sealed class EventStream(EventDoor door, IRecordProducer producer, int window, CancellationToken stopping) : IDisposable
{
    private static readonly TimeSpan s_comeBack = TimeSpan.FromSeconds(1);
    private static readonly WriteOptions s_buffered = new(WriteFlags.BufferHint);

    private readonly SemaphoreSlim _room = new(window);
    private readonly Channel<EventRun> _runs = Channel.CreateUnbounded<EventRun>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    /// <summary>Serves the stream until the client ends it; fails with what made Kafka refuse an event, after the acknowledgements before it.</summary>
    public async Task RunAsync(
        IAsyncStreamReader<TrackEventRequest> requests, IServerStreamWriter<TrackEventResponse> responses, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var take = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, stopping);
        var taking = TakeAsync(requests, take.Token, stop.Token);
        try
        {
            await AcknowledgeAsync(responses, stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
            await taking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (_runs.Reader.TryRead(out var run)) IngestionMetrics.StreamWindow(-run.Count);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();

    /// <param name="requests">The events.</param>
    /// <param name="goOn">Ends when nothing more is to be taken.</param>
    /// <param name="handOver">Ends when what was taken need not be written either.</param>
    private async Task TakeAsync(IAsyncStreamReader<TrackEventRequest> requests, CancellationToken goOn, CancellationToken handOver)
    {
        var next = Task.FromResult(false);
        try
        {
            await _room.WaitAsync(goOn);
            next = requests.MoveNext(goOn);
            while (await next)
            {
                var run = new EventRun();
                do
                {
                    var e = requests.Current.Event;
                    run.Add(e, door.Admit(e));
                    next = requests.MoveNext(goOn);
                }
                while (run.Count < EventRun.MaxEvents && next is { IsCompletedSuccessfully: true, Result: true } && _room.Wait(0, CancellationToken.None));
                await run.SendAsync(producer, handOver);
                IngestionMetrics.StreamWindow(run.Count);
                await _runs.Writer.WriteAsync(run, handOver);
                await _room.WaitAsync(goOn);
            }
            _runs.Writer.Complete();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            _runs.Writer.Complete(new DependencyUnavailableException("this process is stopping", s_comeBack));
        }
        catch (Exception e)
        {
            // The acknowledging side reports it, in order.
            _runs.Writer.Complete(e);
        }
        finally
        {
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AcknowledgeAsync(IServerStreamWriter<TrackEventResponse> responses, CancellationToken cancellationToken)
    {
        await foreach (var run in _runs.Reader.ReadAllAsync(cancellationToken))
        {
            IngestionMetrics.StreamWindow(-run.Count);
            var left = run.Count;
            foreach (var (e, refusal, error) in await run.WhenSettledAsync(cancellationToken))
            {
                // Acknowledgements that are at hand travel together.
                responses.WriteOptions = --left > 0 || (_runs.Reader.TryPeek(out var next) && next.IsSettled) ? s_buffered : null;
                await responses.WriteAsync(new TrackEventResponse { EventId = e?.EventId ?? "", RejectedReason = Judge(e, refusal, error) }, cancellationToken);
            }
            _room.Release(run.Count);
        }
    }

    /// <returns>Why the event was refused; empty: it is durable.</returns>
    /// <exception cref="Exception">Nobody knows whether it is.</exception>
    private static string Judge(Event? e, string refusal, Exception? error)
    {
        if (refusal.Length > 0) return refusal;
        if (error is null)
        {
            IngestionMetrics.Accepted(e!);
            return "";
        }
        if (error is not RecordRejectedException) throw error;
        IngestionMetrics.Refused(e);
        return error.Message;
    }
}
