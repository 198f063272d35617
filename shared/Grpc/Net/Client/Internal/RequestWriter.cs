using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Internal;

// Takes a streaming client's messages.
internal sealed class RequestWriter<TRequest, TResponse>(ClientCall<TRequest, TResponse> call, PushContent content)
    : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private WriteOptions? _options;
    private int _writing;

    public WriteOptions? WriteOptions
    {
        get => _options ?? call.WriteOptions;
        set => _options = value;
    }

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Interlocked.Exchange(ref _writing, 1) == 1)
            throw new InvalidOperationException("The previous write has not ended.");
        try
        {
            if (content.IsCompleted && !call.HasEnded)
                throw new InvalidOperationException("The request stream is completed.");
            await WriteFrameAsync(message, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    public Task CompleteAsync()
    {
        content.Complete();
        return Task.CompletedTask;
    }

    private async Task WriteFrameAsync(TRequest message, CancellationToken cancellationToken)
    {
        using var registration = call.GiveUpOn(cancellationToken);
        var token = call.Stopped;
        var options = WriteOptions;
        try
        {
            if (call.HasEnded)
                throw new OperationCanceledException("The call has ended.");
            var stream = await content.Opened.WaitAsync(token).ConfigureAwait(false);
            using var frame = new PooledBuffer();
            call.Serialize(message, options, frame);
            await stream.WriteAsync(frame.Written, token).ConfigureAwait(false);
            if (options is null || (options.Flags & WriteFlags.BufferHint) == 0)
                await stream.FlushAsync(token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            throw await call.WriteFailedAsync(exception).ConfigureAwait(false);
        }
    }
}
