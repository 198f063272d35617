using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;
using Grpc.Wire.Text;
using Microsoft.AspNetCore.Connections;

namespace Grpc.AspNetCore.Server.Internal;

// The messages of a request. What one read of the body brings is held until its messages are taken: a client that has many of them at hand costs
// one read for a hundred.
internal sealed class RequestStream<T>(ServerCall call, Marshaller<T> marshaller, TextPlan? text) : IAsyncStreamReader<T>, IDisposable
    where T : class
{
    // So much of the body may be taken without a word to the pipe, on which HTTP/2 lets the client send more.
    private const int MaxUntold = 16 * 1024;

    private static readonly Task<bool> s_true = Task.FromResult(true);

    private readonly PipeReader _pipe = call.Http.Request.BodyReader;
    private readonly FrameDecoder _decoder = new(call.RequestEncoding, call.Settings.MaxReceive, text);

    // What was read and is not taken yet.
    private ReadOnlySequence<byte> _rest;
    private long _read;
    private bool _isHeld;
    private bool _isLast;

    // A handler mostly waits with one token of its own for all messages.
    private CancellationTokenSource? _both;
    private CancellationToken _own;
    private CancellationToken _callEnds;

    public T Current { get; private set; } = null!;

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        try
        {
            if (call.HasEnded)
                throw call.Ending();
            if (_callEnds == CancellationToken.None)
                _callEnds = call.CancellationToken;
            if (TryTake(cancellationToken) is { } message)
            {
                Current = message;
                return s_true;
            }
        }
        catch (Exception exception)
        {
            return Task.FromException<bool>(exception);
        }
        return AdvanceAsync(cancellationToken.CanBeCanceled && cancellationToken != _callEnds ? Join(cancellationToken) : call.DeadlineToken);
    }

    // Exactly one message; the request is read to its end.
    public async ValueTask<T> ReadSingleAsync()
    {
        try
        {
            var message = await ReadAsync(call.DeadlineToken).ConfigureAwait(false)
                ?? throw WireError.WrongCount("The request has no message; the method takes one.");
            return await ReadAsync(call.DeadlineToken).ConfigureAwait(false) is null
                ? message
                : throw WireError.WrongCount("The request has more than one message; the method takes one.");
        }
        finally
        {
            Tell(_rest.Start);
        }
    }

    // The handler returned, or failed.
    public void Dispose()
    {
        _both?.Dispose();
        try
        {
            Tell(_rest.Start);
        }
        catch (ConnectionClosed)
        {
            // Nobody waits for what the client has left.
        }
    }

    private CancellationToken Join(CancellationToken own)
    {
        if (_both is null || _own != own)
        {
            _both?.Dispose();
            _both = CancellationTokenSource.CreateLinkedTokenSource(own, call.DeadlineToken);
            _own = own;
        }
        return _both.Token;
    }

    private async Task<bool> AdvanceAsync(CancellationToken cancellationToken)
    {
        var message = await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (message is null)
            return false;
        Current = message;
        return true;
    }

    private async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake(cancellationToken) is { } message)
                return message;
            var isEnding = cancellationToken.IsCancellationRequested || _callEnds.IsCancellationRequested;
            if (_isHeld && _isLast && !isEnding)
                return _rest.IsEmpty ? null : throw WireError.Malformed("The request ends inside a message.");
            // Messages may be left where the call is ending: the pipe says how it ends.
            Tell(isEnding ? _rest.Start : _rest.End);
            var result = await ReadPipeAsync(cancellationToken).ConfigureAwait(false);
            (_rest, _read, _isLast, _isHeld) = (result.Buffer, result.Buffer.Length, result.IsCompleted, true);
        }
    }

    // The next message of what is held; null when none is whole.
    private T? TryTake(CancellationToken cancellationToken)
    {
        if (!_isHeld || cancellationToken.IsCancellationRequested || _callEnds.IsCancellationRequested
            || !_decoder.TryDecode(ref _rest, marshaller, out var message))
            return null;
        if (_rest.IsEmpty || _read - _rest.Length >= MaxUntold)
            Tell(_rest.Start);
        return message;
    }

    // Gives back what was taken. The next read waits for more than was examined.
    private void Tell(SequencePosition examined)
    {
        if (!_isHeld)
            return;
        _isHeld = false;
        try
        {
            _pipe.AdvanceTo(_rest.Start, examined);
        }
        catch (IOException exception)
        {
            // A client may end its stream between reading and this, too.
            throw new ConnectionClosed(exception);
        }
    }

    private async ValueTask<ReadResult> ReadPipeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw new ConnectionClosed(exception);
        }
    }
}

// The client's connection or stream ended under the handler's hands. A public base says so to those who cannot see this type.
internal sealed class ConnectionClosed(Exception inner) : ConnectionResetException("The client ended the stream.", inner);
