using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server.Internal;

// From the request's headers to the end of the call: deadline, cancellation, and who may end the response.
internal sealed partial class ServerCall
{
    private const int Idle = 0;
    private const int Writing = 1;
    private const int Ended = 2;

    // Timers take no more; a later deadline is as good as none.
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(24);

    private CancellationTokenSource? _deadlineSource;
    private CancellationTokenRegistration _abortRegistration;
    private CancellationTokenRegistration _deadlineRegistration;
    private DateTime _deadline = DateTime.MaxValue;
    private Task? _completing;
    private int _phase;

    protected override DateTime DeadlineCore => _deadline;

    protected override CancellationToken CancellationTokenCore => _deadlineSource?.Token ?? http.RequestAborted;

    // For reads that the connection's end wakes by itself: only a deadline needs a token.
    public CancellationToken DeadlineToken => _deadlineSource?.Token ?? CancellationToken.None;

    public bool HasEnded => Volatile.Read(ref _phase) == Ended;

    private bool IsDeadlinePassed =>
        _deadlineSource is { IsCancellationRequested: true } && !http.RequestAborted.IsCancellationRequested;

    // The checks that can end a call before its message is read.
    public void Begin()
    {
        var encoding = http.Request.Headers.GrpcEncoding;
        if (encoding.Count > 0 && encoding[0] is { Length: > 0 } name && name != MessageEncoding.Identity)
        {
            if (name != MessageEncoding.Gzip)
                throw new RpcException(new Status(StatusCode.Unimplemented, $"The message encoding '{name}' is not supported: {MessageEncoding.Accepted} are."));
            RequestEncoding = name;
        }
        var timeout = http.Request.Headers.GrpcTimeout;
        if (timeout.Count == 0)
            return;
        if (!GrpcTimeout.TryParse(timeout[0], out var span))
            throw WireError.Malformed("The grpc-timeout header is malformed.");
        StartDeadline(span);
    }

    // Takes the response for one write; false once the call has ended.
    public bool TryEnterWrite()
    {
        var phase = Interlocked.CompareExchange(ref _phase, Writing, Idle);
        if (phase == Writing)
            throw new InvalidOperationException("The previous write has not ended.");
        return phase == Idle;
    }

    public void ExitWrite()
    {
        Interlocked.CompareExchange(ref _phase, Idle, Writing);
        if (IsDeadlinePassed)
            OnDeadline();
    }

    // After the handler: no other thread touches the response any more.
    public ValueTask DisposeAsync() => _deadlineSource is null ? default : EndDeadlineAsync(_deadlineSource);

    public RpcException Ending() => IsDeadlinePassed
        ? new RpcException(DeadlineStatus())
        : new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled."));

    private static Status DeadlineStatus() => new(StatusCode.DeadlineExceeded, "The deadline passed.");

    private void StartDeadline(TimeSpan timeout)
    {
        var now = settings.Time.GetUtcNow().UtcDateTime;
        _deadline = timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
        if (timeout > s_longestTimer)
            return;
        _deadlineSource = new CancellationTokenSource(timeout, settings.Time);
        _abortRegistration = http.RequestAborted.UnsafeRegister(
            static source => ((CancellationTokenSource)source!).Cancel(), _deadlineSource);
        _deadlineRegistration = _deadlineSource.Token.UnsafeRegister(
            static call => ((ServerCall)call!).OnDeadline(), this);
    }

    // Waits for a deadline that is just answering.
    private async ValueTask EndDeadlineAsync(CancellationTokenSource source)
    {
        await _deadlineRegistration.DisposeAsync().ConfigureAwait(false);
        await _abortRegistration.DisposeAsync().ConfigureAwait(false);
        source.Dispose();
        if (_completing is { } completing)
            await completing.ConfigureAwait(false);
    }

    // The client hears of its deadline at once, even while the handler does not heed its token. A write under
    // way is cancelled by the same token, and the handler's end then reports the deadline.
    private void OnDeadline()
    {
        if (!IsDeadlinePassed || Interlocked.CompareExchange(ref _phase, Ended, Idle) != Idle)
            return;
        settings.Log.DeadlinePassed(Method);
        WriteStatus(DeadlineStatus(), null);
        _completing = CompleteResponseAsync();
    }
}
