using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;
using Grpc.Wire.Text;
using Microsoft.AspNetCore.Connections;

namespace Grpc.AspNetCore.Server.Internal;

// The messages of a request.
internal sealed class RequestStream<T>(ServerCall call, Marshaller<T> marshaller, TextPlan? text) : IAsyncStreamReader<T>, IDisposable
    where T : class
{
    private readonly PipeReader _pipe = call.Http.Request.BodyReader;
    private readonly FrameDecoder _decoder = new(call.RequestEncoding, call.Settings.MaxReceive, text);

    // A handler mostly waits with one token of its own for all messages.
    private CancellationTokenSource? _both;
    private CancellationToken _own;

    public T Current { get; private set; } = null!;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (call.HasEnded)
            throw call.Ending();
        if (!cancellationToken.CanBeCanceled || cancellationToken == call.CancellationToken)
            return await AdvanceAsync(call.DeadlineToken).ConfigureAwait(false);
        return await AdvanceAsync(Join(cancellationToken)).ConfigureAwait(false);
    }

    // Exactly one message; the request is read to its end.
    public async ValueTask<T> ReadSingleAsync()
    {
        var message = await ReadAsync(call.DeadlineToken).ConfigureAwait(false)
            ?? throw WireError.WrongCount("The request has no message; the method takes one.");
        return await ReadAsync(call.DeadlineToken).ConfigureAwait(false) is null
            ? message
            : throw WireError.WrongCount("The request has more than one message; the method takes one.");
    }

    // The handler returned, or failed.
    public void Dispose() => _both?.Dispose();

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

    private async ValueTask<bool> AdvanceAsync(CancellationToken cancellationToken)
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
            var result = await ReadPipeAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            T? message = null;
            var decoded = false;
            try
            {
                decoded = _decoder.TryDecode(ref buffer, marshaller, out message);
            }
            finally
            {
                _pipe.AdvanceTo(buffer.Start, decoded ? buffer.Start : buffer.End);
            }
            if (decoded)
                return message;
            if (result.IsCompleted)
                return buffer.IsEmpty ? null : throw WireError.Malformed("The request ends inside a message.");
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
