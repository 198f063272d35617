using System.Net;

namespace Grpc.Net.Client.Internal;

// The body of a call whose client streams: hands its stream out and waits until the last message is written.
internal sealed class PushContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PushContent() => Headers.ContentType = MessageContent.ContentType;

    public Task<Stream> Opened => _opened.Task;

    public bool IsCompleted => _completed.Task.IsCompleted;

    public void Complete() => _completed.TrySetResult();

    // The stream must not end as if its last message were written.
    public void Abandon() => _completed.TrySetCanceled();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The request's headers must not wait for the first message.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        _opened.TrySetResult(stream);
        await _completed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        Complete();
        base.Dispose(disposing);
    }
}
