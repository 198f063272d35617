using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Internal;

// One call: its request, its response.
internal sealed class ClientCall<TRequest, TResponse> : ClientCall
    where TRequest : class
    where TResponse : class
{
    private readonly GrpcChannel _channel;
    private readonly Method<TRequest, TResponse> _method;
    private readonly string? _host;
    private readonly CallOptions _options;
    private readonly bool _compress;
    private HttpContent? _content;
    private Task<TResponse>? _single;

    public ClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
        : base(channel, options)
    {
        _channel = channel;
        _method = method;
        _host = host;
        _options = options;
        _compress = RequestHeaders.WantsGzip(options.Headers);
    }

    public WriteOptions? WriteOptions => _options.WriteOptions;

    public Task<HttpResponseMessage> StartWith(TRequest request)
    {
        try
        {
            var content = new MessageContent();
            _content = content;
            Serialize(request, _options.WriteOptions, content.Frame);
            return Send(content);
        }
        catch (Exception exception)
        {
            return Refuse(exception);
        }
    }

    public Task<HttpResponseMessage> StartStream(out IClientStreamWriter<TRequest> writer)
    {
        var content = new PushContent();
        _content = content;
        writer = new RequestWriter<TRequest, TResponse>(this, content);
        try
        {
            return Send(content);
        }
        catch (Exception exception)
        {
            return Refuse(exception);
        }
    }

    public void Serialize(TRequest message, WriteOptions? options, PooledBuffer buffer)
    {
        var compress = _compress && (options is null || (options.Flags & WriteFlags.NoCompress) == 0);
        new FrameWriter(_channel.MaxSend, GrpcChannel.Level).Write(_method.RequestMarshaller, message, buffer, compress);
    }

    // The response of a call that has exactly one.
    public Task<TResponse> ReceiveSingleAsync(Task<HttpResponseMessage> sending) => _single = ReceiveAsync(sending);

    // The response's frames, once its headers are sound.
    public async ValueTask<StreamFrameReader> OpenAsync(HttpResponseMessage response)
    {
        ResponseStatus.CheckHeaders(response);
        var stream = await response.Content.ReadAsStreamAsync(Stopped).ConfigureAwait(false);
        return new StreamFrameReader(stream, ResponseStatus.Encoding(response), _channel.MaxReceive);
    }

    public ValueTask<TResponse?> ReadAsync(StreamFrameReader frames) => frames.ReadAsync(_method.ResponseMarshaller, Stopped);

    // The response is read to its end: its trailers say how the call ended.
    public void Finish(HttpResponseMessage response)
    {
        var status = ResponseStatus.FromTrailers(response, out var trailers);
        if (status.StatusCode != StatusCode.OK)
            throw new RpcException(status, trailers);
        SetOutcome(status, trailers);
    }

    // A write failed because the call is ending: its status says more than the write's exception.
    public async Task<Exception> WriteFailedAsync(Exception exception)
    {
        if (_single is { } single)
            await ((Task)single).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return HasEnded
            ? new RpcException(Ended.Status, Ended.Trailers)
            : new RpcException(new Status(StatusCode.Cancelled, "The call ended before the message was written.", exception));
    }

    protected override void OnEnded(bool completely)
    {
        if (!completely)
            (_content as PushContent)?.Abandon();
        _content?.Dispose();
    }

    private async Task<TResponse> ReceiveAsync(Task<HttpResponseMessage> sending)
    {
        try
        {
            using var response = await sending.ConfigureAwait(false);
            using var frames = await OpenAsync(response).ConfigureAwait(false);
            var message = await ReadAsync(frames).ConfigureAwait(false);
            if (message is not null && await ReadAsync(frames).ConfigureAwait(false) is not null)
                throw WireError.WrongCount("The response has more than one message; the method gives one.");
            var status = ResponseStatus.FromTrailers(response, out var trailers);
            if (status.StatusCode != StatusCode.OK)
                throw new RpcException(status, trailers);
            if (message is null)
                throw WireError.WrongCount("The response has no message; the method gives one.");
            SetOutcome(status, trailers);
            return message;
        }
        catch (Exception exception)
        {
            throw Fail(exception);
        }
    }

    private Task<HttpResponseMessage> Send(HttpContent content)
    {
        Stopped.ThrowIfCancellationRequested();
        var request = RequestHeaders.Create(_channel, _method, _host, _options, Deadline, content);
        var sending = _channel.SendAsync(request, Stopped);
        SetSending(sending);
        return sending;
    }

    private Task<HttpResponseMessage> Refuse(Exception exception)
    {
        var refused = Task.FromException<HttpResponseMessage>(Fail(exception));
        SetSending(refused);
        return refused;
    }
}
