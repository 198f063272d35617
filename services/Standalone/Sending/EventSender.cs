using System.Threading.Channels;
using Grpc.Core;
using Recommender.Standalone.Cli;
using Recommender.V1;

namespace Recommender.Standalone.Sending;

/// <summary>
/// Sends events over one bidirectional stream and matches the acknowledgements, which come back in order. Memory is bounded by the window, so the sender goes at
/// the pace of the system. When the stream breaks, what was not acknowledged is sent again over a new one; ids make that harmless.
/// </summary>
/// <typeparam name="TTag">What the caller wants back with each answer.</typeparam>
internal sealed class EventSender<TTag> : IAsyncDisposable
{
    /// <summary>Most events under way.</summary>
    public const int Window = 4000;

    private readonly IngestionService.IngestionServiceClient _client;
    private readonly Patience _patience;
    private readonly Action<TTag, TrackEventResponse> _onAnswer;
    private readonly Channel<Pending> _queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(256) { SingleReader = true });
    private readonly SemaphoreSlim _window = new(Window);
    private readonly Queue<Pending> _unanswered = new(Window);
    private readonly CancellationTokenSource _stop;
    private readonly Task _pump;

    /// <summary>Opens the stream.</summary>
    /// <param name="client">The door.</param>
    /// <param name="patience">What to do while the door is closed.</param>
    /// <param name="onAnswer">Called for each answer, in the order of the events, never twice at a time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public EventSender(
        IngestionService.IngestionServiceClient client, Patience patience, Action<TTag, TrackEventResponse> onAnswer, CancellationToken cancellationToken)
    {
        (_client, _patience, _onAnswer) = (client, patience, onAnswer);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _pump = PumpAsync();
    }

    private readonly record struct Pending(Event Event, TTag Tag);

    /// <summary>Hands an event over; waits while the window is full.</summary>
    /// <exception cref="CommandFailure">The stream can't go on.</exception>
    public async ValueTask SendAsync(Event e, TTag tag, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(new Pending(e, tag), cancellationToken);
        }
        catch (ChannelClosedException)
        {
            await _pump;
            throw;
        }
    }

    /// <summary>Waits until everything handed over is answered, and closes the stream.</summary>
    /// <exception cref="CommandFailure">The stream can't go on.</exception>
    public Task CompleteAsync()
    {
        _queue.Writer.TryComplete();
        return _pump;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _window.Dispose();
    }

    private async Task PumpAsync()
    {
        try
        {
            while (true)
            {
                try
                {
                    await StreamAsync();
                    return;
                }
                catch (RpcException e)
                {
                    await _patience.WaitAsync(e, _stop.Token);
                }
            }
        }
        catch (Exception e)
        {
            _queue.Writer.TryComplete(e);
            throw;
        }
    }

    /// <summary>One stream, until everything is answered or it breaks.</summary>
    private async Task StreamAsync()
    {
        using var writerStop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using var call = _client.StreamEvents(cancellationToken: _stop.Token);
        var reading = ReadAsync(call.ResponseStream);
        var writing = WriteAsync(call.RequestStream, writerStop.Token);
        // When writing fails, reading brings the status that says why; a write error alone doesn't.
        await Task.WhenAny(reading, writing);
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await writerStop.CancelAsync();
        call.Dispose();
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await reading;
        if (!writing.IsCompletedSuccessfully || _unanswered.Count > 0)
            throw new RpcException(new Status(StatusCode.Unavailable, "the stream ended early"));
    }

    private async Task WriteAsync(IClientStreamWriter<TrackEventRequest> requests, CancellationToken cancellationToken)
    {
        Pending[] again;
        lock (_unanswered) again = [.. _unanswered];
        foreach (var pending in again) await requests.WriteAsync(new TrackEventRequest { Event = pending.Event }, cancellationToken);
        while (await _queue.Reader.WaitToReadAsync(cancellationToken))
        {
            await _window.WaitAsync(cancellationToken);
            if (!_queue.Reader.TryRead(out var pending))
            {
                _window.Release();
                continue;
            }
            lock (_unanswered) _unanswered.Enqueue(pending);
            await requests.WriteAsync(new TrackEventRequest { Event = pending.Event }, cancellationToken);
        }
        await requests.CompleteAsync();
    }

    private async Task ReadAsync(IAsyncStreamReader<TrackEventResponse> answers)
    {
        while (await answers.MoveNext(_stop.Token))
        {
            Pending pending;
            lock (_unanswered)
            {
                if (!_unanswered.TryDequeue(out pending)) throw new CommandFailure("The system acknowledged an event that was not sent.");
            }
            _patience.Answered();
            if (answers.Current.EventId != pending.Event.EventId && pending.Event.EventId.Length > 0)
                throw new CommandFailure("The system acknowledged events in another order than they were sent.");
            _window.Release();
            _onAnswer(pending.Tag, answers.Current);
        }
    }
}
