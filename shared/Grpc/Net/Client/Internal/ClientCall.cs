using Grpc.Core;

namespace Grpc.Net.Client.Internal;

// What a call handle can be asked, whatever the call's messages: how it stands and how it ended.
internal abstract class ClientCall : IDisposable
{
    public static readonly Func<object, Task<Metadata>> Headers = static call => ((ClientCall)call).HeadersAsync();
    public static readonly Func<object, Status> Status = static call => ((ClientCall)call).Ended.Status;
    public static readonly Func<object, Metadata> Trailers = static call => ((ClientCall)call).Ended.Trailers;
    public static readonly Action<object> End = static call => ((ClientCall)call).Dispose();

    private readonly GrpcChannel _channel;
    private readonly CallOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenRegistration _callerRegistration;
    private readonly CancellationTokenRegistration _channelRegistration;
    private Task<HttpResponseMessage>? _sending;
    private Outcome? _outcome;
    private bool _disposed;

    protected ClientCall(GrpcChannel channel, CallOptions options)
    {
        _channel = channel;
        _options = options;
        Deadline = options.Deadline is { } deadline ? ToUtc(deadline) : DateTime.MaxValue;
        if (Deadline != DateTime.MaxValue)
            StopAtDeadline();
        _callerRegistration = Register(options.CancellationToken);
        _channelRegistration = Register(channel.Closed);
    }

    // UTC; MaxValue: none.
    public DateTime Deadline { get; }

    public CancellationToken Stopped => _stop.Token;

    public bool HasEnded => _outcome is not null;

    protected Outcome Ended => _outcome ?? throw new InvalidOperationException("The call is still under way.");

    // The one place where a call's outcome is fixed; the first wins.
    public void SetOutcome(Status status, Metadata trailers)
    {
        if (Interlocked.CompareExchange(ref _outcome, new Outcome(status, trailers), null) is not null)
            return;
        _callerRegistration.Dispose();
        _channelRegistration.Dispose();
        if (status.StatusCode != StatusCode.OK)
            _channel.Log.CallFailed(status.StatusCode, status.Detail);
        OnEnded();
    }

    // The exception to throw for whatever went wrong.
    public Exception Fail(Exception exception)
    {
        var rpc = exception as RpcException ?? new RpcException(Describe(exception));
        SetOutcome(rpc.Status, rpc.Trailers);
        Release();
        var outcome = Ended;
        return _channel.ThrowCancelled && outcome.Status.StatusCode == StatusCode.Cancelled
            ? new OperationCanceledException(outcome.Status.Detail, exception)
            : ReferenceEquals(outcome.Trailers, rpc.Trailers) ? rpc : new RpcException(outcome.Status, outcome.Trailers);
    }

    // Gives the call up if it is under way. What has ended is left as it is.
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_outcome is null)
            SetOutcome(new Status(StatusCode.Cancelled, "The call was disposed."), Metadata.Empty);
        Release();
    }

    protected abstract void OnEnded();

    protected void SetSending(Task<HttpResponseMessage> sending) => _sending = sending;

    // Stops the request where it still runs.
    protected void Release() => _stop.Cancel();

    private async Task<Metadata> HeadersAsync()
    {
        try
        {
            var response = await _sending!.ConfigureAwait(false);
            return ResponseStatus.Headers(response);
        }
        catch (Exception exception)
        {
            throw Fail(exception);
        }
    }

    private Status Describe(Exception exception)
    {
        if (_options.CancellationToken.IsCancellationRequested || _disposed)
            return new Status(StatusCode.Cancelled, "The call was cancelled by its caller.", exception);
        if (_channel.Closed.IsCancellationRequested)
            return new Status(StatusCode.Cancelled, "The channel was disposed.", exception);
        if (Deadline != DateTime.MaxValue && (_stop.IsCancellationRequested || GrpcChannel.Time.GetUtcNow().UtcDateTime >= Deadline))
            return new Status(StatusCode.DeadlineExceeded, "The deadline passed.", exception);
        return StatusMapping.FromException(exception);
    }

    private void StopAtDeadline()
    {
        var left = Deadline - GrpcChannel.Time.GetUtcNow().UtcDateTime;
        if (left <= TimeSpan.Zero)
            _stop.Cancel();
        else if (left < TimeSpan.FromDays(24))
            _stop.CancelAfter(left);
    }

    private CancellationTokenRegistration Register(CancellationToken token) =>
        token.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _stop);

    private static DateTime ToUtc(DateTime deadline) =>
        deadline == DateTime.MaxValue || deadline.Kind == DateTimeKind.Utc ? deadline : deadline.ToUniversalTime();

    protected sealed record Outcome(Status Status, Metadata Trailers);
}
