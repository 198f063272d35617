using Grpc.Core;

namespace Grpc.Net.Client.Internal;

// Makes the calls of a channel's clients.
internal sealed class ChannelCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        AsyncUnaryCall(method, host, options, request).ResponseAsync.GetAwaiter().GetResult();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        return new AsyncUnaryCall<TResponse>(
            call.ReceiveSingleAsync(call.StartWith(request)),
            ClientCall.Headers, ClientCall.Status, ClientCall.Trailers, ClientCall.End, call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        return new AsyncServerStreamingCall<TResponse>(
            new ResponseReader<TRequest, TResponse>(call, call.StartWith(request)),
            ClientCall.Headers, ClientCall.Status, ClientCall.Trailers, ClientCall.End, call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        var sending = call.StartStream(out var writer);
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            writer,
            call.ReceiveSingleAsync(sending),
            ClientCall.Headers, ClientCall.Status, ClientCall.Trailers, ClientCall.End, call);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        var sending = call.StartStream(out var writer);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            writer,
            new ResponseReader<TRequest, TResponse>(call, sending),
            ClientCall.Headers, ClientCall.Status, ClientCall.Trailers, ClientCall.End, call);
    }
}
