using System.Net;
using System.Net.Http.Headers;
using Grpc.Wire;

namespace Grpc.Net.Client.Internal;

// The body of a call with one request: a frame made beforehand.
internal sealed class MessageContent : HttpContent
{
    internal static readonly MediaTypeHeaderValue ContentType = new("application/grpc");

    private bool _sent;

    public MessageContent() => Headers.ContentType = ContentType;

    public PooledBuffer Frame { get; } = new();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Frame.Written, cancellationToken).ConfigureAwait(false);
        _sent = true;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = Frame.Length;
        return true;
    }

    // At the call's end. An array that may still be read from, because the call ended early, is not pooled again.
    protected override void Dispose(bool disposing)
    {
        if (disposing && _sent)
            Frame.Dispose();
        base.Dispose(disposing);
    }
}
