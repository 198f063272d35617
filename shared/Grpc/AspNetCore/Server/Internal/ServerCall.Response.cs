using System.Globalization;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Grpc.AspNetCore.Server.Internal;

// The response: headers, messages, status.
internal sealed partial class ServerCall
{
    // A stream whose writes ask not to be flushed is flushed all the same when so much has gathered.
    private const long MaxUnflushed = 64 * 1024;

    private const int Http2InternalError = 2;

    private FrameWriter? _writer;
    private bool _headersReady;
    private bool _compress;
    private bool _hasMessage;

    public string? RequestEncoding { get; private set; }

    // Puts a message into the response's pipe. The caller holds the write.
    public void WriteMessage<T>(Marshaller<T> marshaller, T message, WriteOptions? options)
    {
        PrepareHeaders();
        _writer ??= new FrameWriter(settings.MaxSend, settings.Level);
        var compress = _compress && (options is null || (options.Flags & WriteFlags.NoCompress) == 0);
        var pipe = http.Response.BodyWriter;
        var before = pipe.UnflushedBytes;
        try
        {
            _writer.Write(marshaller, message, pipe, compress);
            _hasMessage = true;
        }
        catch when (pipe.UnflushedBytes != before)
        {
            // Half a message can't be taken back: the client must not take it for the beginning of one.
            Volatile.Write(ref _phase, Ended);
            http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(Http2InternalError);
            throw;
        }
    }

    // The one response of a call; a status set by the handler takes its place. It leaves with the status.
    public void WriteSingle<T>(Marshaller<T> marshaller, T? message)
        where T : class
    {
        if (_status.StatusCode != StatusCode.OK || !TryEnterWrite())
            return;
        if (message is null)
            throw WireError.Malformed("The handler returned no message.");
        WriteMessage(marshaller, message, WriteOptions);
    }

    // Streams last as long as they last: no smallest rate, no largest total.
    public void AllowLongStream()
    {
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
    }

    public ValueTask<FlushResult> FlushAsync(WriteOptions? options, CancellationToken cancellationToken)
    {
        var pipe = http.Response.BodyWriter;
        return options is not null && (options.Flags & WriteFlags.BufferHint) != 0 && pipe.UnflushedBytes < MaxUnflushed
            ? default
            : pipe.FlushAsync(cancellationToken);
    }

    // The handler returned.
    public void Finish()
    {
        if (Interlocked.Exchange(ref _phase, Ended) == Ended)
            return;
        WriteStatus(IsDeadlinePassed ? DeadlineStatus() : _status, _responseTrailers);
    }

    // The handler, or the reading of its request, threw.
    public void Fail(Exception exception)
    {
        var status = Judge(exception, out var trailers);
        if (Interlocked.Exchange(ref _phase, Ended) == Ended)
            return;
        WriteStatus(status, trailers);
    }

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        if (!TryEnterWrite())
            throw Ending();
        try
        {
            if (http.Response.HasStarted)
                throw new InvalidOperationException("The response headers are sent already.");
            PrepareHeaders();
            foreach (var entry in responseHeaders)
                http.Response.Headers.Append(entry.Key, MetadataCodec.ToHeader(entry));
            await http.Response.BodyWriter.FlushAsync(CancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ExitWrite();
        }
    }

    private Status Judge(Exception exception, out Metadata? trailers)
    {
        trailers = _responseTrailers;
        if (exception is RpcException rpc)
        {
            settings.Log.CallRefused(rpc.Status.DebugException, Method, rpc.StatusCode, rpc.Status.Detail);
            foreach (var entry in rpc.Trailers)
                (trailers ??= []).Add(entry);
            return rpc.Status;
        }
        if (IsDeadlinePassed)
            return DeadlineStatus();
        if (http.RequestAborted.IsCancellationRequested || exception is ConnectionClosed)
        {
            settings.Log.ClientGone(exception, Method);
            return Status.DefaultCancelled;
        }
        settings.Log.HandlerFailed(exception, Method);
        return settings.Describe(exception);
    }

    private void PrepareHeaders()
    {
        if (_headersReady)
            return;
        _headersReady = true;
        var headers = http.Response.Headers;
        http.Response.ContentType = "application/grpc";
        headers.GrpcAcceptEncoding = MessageEncoding.Accepted;
        _compress = settings.Compress
            && MessageEncoding.Lists(http.Request.Headers.GrpcAcceptEncoding.ToString(), MessageEncoding.Gzip);
        if (_compress)
            headers.GrpcEncoding = MessageEncoding.Gzip;
    }

    // In the trailers; where nothing was sent yet, in the only headers that the response then has.
    private void WriteStatus(Status status, Metadata? trailers)
    {
        var response = http.Response;
        PrepareHeaders();
        var alone = !response.HasStarted && !_hasMessage;
        var target = alone ? response.Headers : http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        target.GrpcStatus = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(status.Detail))
            target.GrpcMessage = PercentEncoding.Encode(status.Detail);
        if (trailers is not null)
            foreach (var entry in trailers)
                target.Append(entry.Key, MetadataCodec.ToHeader(entry));
    }

    private async Task CompleteResponseAsync()
    {
        try
        {
            await http.Response.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            settings.Log.ClientGone(exception, Method);
        }
    }
}
