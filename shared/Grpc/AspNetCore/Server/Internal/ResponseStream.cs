using Grpc.Core;

namespace Grpc.AspNetCore.Server.Internal;

// The messages of a response; each write waits until the connection has room.
internal sealed class ResponseStream<T>(ServerCall call, Marshaller<T> marshaller) : IServerStreamWriter<T>
    where T : class
{
    private WriteOptions? _writeOptions;

    public WriteOptions? WriteOptions
    {
        get => _writeOptions ?? call.WriteOptions;
        set => _writeOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        call.CancellationToken.ThrowIfCancellationRequested();
        if (!call.TryEnterWrite())
            throw call.Ending();
        try
        {
            var options = WriteOptions;
            call.WriteMessage(marshaller, message, options);
            var token = cancellationToken.CanBeCanceled ? cancellationToken : call.DeadlineToken;
            var flushed = await call.FlushAsync(options, token).ConfigureAwait(false);
            if (flushed.IsCompleted)
                throw call.Ending();
        }
        finally
        {
            call.ExitWrite();
        }
    }
}
