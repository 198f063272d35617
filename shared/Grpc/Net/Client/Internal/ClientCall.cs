using Grpc.Core;

namespace Grpc.Net.Client.Internal;

// What a call handle can be asked, whatever the call's messages: how it stands and how it ended.
internal abstract class ClientCall : IDisposable
{
    public static readonly Func<object, Task<Metadata>> Headers = static call => ((ClientCall)call).HeadersAsync();
    public static readonly Func<object, Status> Status = static call => ((ClientCall)call).Ended.Status;
    public static readonly Func<object, Metadata> Trailers = static call => ((ClientCall)call).Ended.Trailers;
    public static readonly Action<object> End = static call => ((ClientCall)call).Dispose();

    // Timers take no more; a later deadline is as good as none.
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(24);

    private readonly GrpcChannel _channel;
    private readonly CallOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenRegistration _callerRegistration;
    private readonly CancellationTokenRegistration _channelRegistration;
    private Task<HttpResponseMessage>? _sending;
    private Outcome? _outcome;
    private bool _givenUp;

    protected ClientCall(GrpcChannel channel, CallOptions options)
    {
        _channel = channel;
        _options = options;
        Stopped = _stop.Token;
        Deadline = options.Deadline is { } deadline ? ToUtc(deadline) : DateTime.MaxValue;
        if (Deadline != DateTime.MaxValue)
            StopAtDeadline();
        _callerRegistration = Register(options.CancellationToken);
        _channelRegistration = Register(channel.Closed);
    }

    // UTC; MaxValue: none.
    public DateTime Deadline { get; }

    // Fires when the call is to be given up, for whatever reason.
    public CancellationToken Stopped { get; }

    public bool HasEnded => _outcome is not null;

    // The timer may fire a moment before the clock shows the deadline.
    private bool IsDeadlinePassed =>
        Deadline != DateTime.MaxValue
        && (Stopped.IsCancellationRequested || GrpcChannel.Time.GetUtcNow().UtcDateTime >= Deadline);

    protected Outcome Ended => _outcome ?? throw new InvalidOperationException("The call is still under way.");

    // The exception to throw for whatever went wrong. The first outcome of a call stays its outcome.
    public Exception Fail(Exception exception)
    {
        // A server that notices the deadline first may say no more than that it gave the call up.
        var rpc = exception is RpcException received && !(received.StatusCode == StatusCode.Cancelled && IsDeadlinePassed)
            ? received
            : new RpcException(Describe(exception));
        SetOutcome(rpc.Status, rpc.Trailers);
        var outcome = Ended;
        if (_channel.ThrowCancelled && outcome.Status.StatusCode == StatusCode.Cancelled)
            return new OperationCanceledException(outcome.Status.Detail, exception);
        return ReferenceEquals(outcome.Trailers, rpc.Trailers) ? rpc : new RpcException(outcome.Status, outcome.Trailers);
    }

    // Gives the call up when a token of one of its reads or writes fires.
    public CancellationTokenRegistration GiveUpOn(CancellationToken token) =>
        token == _options.CancellationToken ? default : Register(token);

    // Gives the call up if it is under way. What has ended is left as it is.
    public void Dispose()
    {
        if (HasEnded)
            return;
        _givenUp = true;
        SetOutcome(new Status(StatusCode.Cancelled, "The call was disposed."), []);
    }

    protected void SetOutcome(Status status, Metadata trailers)
    {
        if (Interlocked.CompareExchange(ref _outcome, new Outcome(status, trailers), null) is not null)
            return;
        _callerRegistration.Unregister();
        _channelRegistration.Unregister();
        if (status.StatusCode != StatusCode.OK)
        {
            _channel.Log.CallFailed(status.StatusCode, status.Detail);
            Stop();
            if (_sending is { } sending)
                _ = DropAsync(sending);
        }
        _stop.Dispose();
        OnEnded(status.StatusCode == StatusCode.OK);
    }

    protected abstract void OnEnded(bool completely);

    protected void SetSending(Task<HttpResponseMessage> sending) => _sending = sending;

    // Whatever of a failed call's response arrived or will arrive is not read: its stream is reset.
    private static async Task DropAsync(Task<HttpResponseMessage> sending)
    {
        await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (sending.IsCompletedSuccessfully)
            sending.Result.Dispose();
    }

    private async Task<Metadata> HeadersAsync()
    {
        try
        {
            return ResponseStatus.Headers(await _sending!.ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            throw Fail(exception);
        }
    }

    private Status Describe(Exception exception)
    {
        if (_channel.Closed.IsCancellationRequested)
            return new Status(StatusCode.Cancelled, "The channel was disposed.", exception);
        if (_givenUp)
            return new Status(StatusCode.Cancelled, "The call was cancelled by its caller.", exception);
        if (IsDeadlinePassed)
            return new Status(StatusCode.DeadlineExceeded, "The deadline passed.", exception);
        return StatusMapping.FromException(exception);
    }

    private void StopAtDeadline()
    {
        var left = Deadline - GrpcChannel.Time.GetUtcNow().UtcDateTime;
        if (left <= TimeSpan.Zero)
            _stop.Cancel();
        else if (left < s_longestTimer)
            _stop.CancelAfter(left);
    }

    private CancellationTokenRegistration Register(CancellationToken token) => token.UnsafeRegister(
        static state =>
        {
            var call = (ClientCall)state!;
            call._givenUp = true;
            call.Stop();
        },
        this);

    // An ended call has disposed of the source, perhaps just now.
    private void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private static DateTime ToUtc(DateTime deadline) =>
        deadline == DateTime.MaxValue || deadline.Kind == DateTimeKind.Utc ? deadline : deadline.ToUniversalTime();

    protected sealed record Outcome(Status Status, Metadata Trailers);
}
