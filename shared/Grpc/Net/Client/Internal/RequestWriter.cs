using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Internal;

// Takes a streaming client's messages. Those that need not leave at once are gathered: a frame of HTTP/2 for each would cost more than the message.
internal sealed class RequestWriter<TRequest, TResponse>(ClientCall<TRequest, TResponse> call, PushContent content)
    : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    // A frame of HTTP/2 holds so much, unless its receiver allows for more.
    private const int MaxGathered = 16 * 1024;

    private PooledBuffer? _gathered;
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
        Enter();
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

    public async Task CompleteAsync()
    {
        Enter();
        try
        {
            if (_gathered is { } gathered)
                await SendAsync(gathered, flush: false, call.Stopped).ConfigureAwait(false);
            content.Complete();
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    private void Enter()
    {
        if (Interlocked.Exchange(ref _writing, 1) == 1)
            throw new InvalidOperationException("The previous write has not ended.");
    }

    private async Task WriteFrameAsync(TRequest message, CancellationToken cancellationToken)
    {
        using var registration = call.GiveUpOn(cancellationToken);
        var options = WriteOptions;
        var token = call.Stopped;
        if (call.HasEnded || token.IsCancellationRequested)
            throw await FailedAsync().ConfigureAwait(false);
        var gathered = _gathered ??= new PooledBuffer();
        Gather(message, options, gathered);
        var flush = options is null || (options.Flags & WriteFlags.BufferHint) == 0;
        if (flush || gathered.Length >= MaxGathered)
            await SendAsync(gathered, flush, token).ConfigureAwait(false);
    }

    private void Gather(TRequest message, WriteOptions? options, PooledBuffer gathered)
    {
        var before = gathered.Length;
        try
        {
            call.Serialize(message, options, gathered);
        }
        catch
        {
            // Half a message must not be taken for the beginning of the next.
            gathered.Truncate(before);
            throw;
        }
    }

    private Task<Exception> FailedAsync() => call.WriteFailedAsync(new OperationCanceledException("The call has ended."));

    private async Task SendAsync(PooledBuffer gathered, bool flush, CancellationToken token)
    {
        try
        {
            if (call.HasEnded)
                throw await FailedAsync().ConfigureAwait(false);
            var stream = await content.Opened.WaitAsync(token).ConfigureAwait(false);
            await stream.WriteAsync(gathered.Written, token).ConfigureAwait(false);
            if (flush)
                await stream.FlushAsync(token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            throw await call.WriteFailedAsync(exception).ConfigureAwait(false);
        }
        finally
        {
            _gathered = null;
            gathered.Dispose();
        }
    }
}
