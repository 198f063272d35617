using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Recommender.Hosting.Auth;

/// <summary>Asks again who calls while a stream goes on (<see cref="CallerProof"/>).</summary>
internal sealed class StreamGuard : Interceptor
{
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        continuation(Guarded(requestStream, context), context);

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        continuation(request, CallerProof.Of(context) is { } proof ? new Writer<TResponse>(responseStream, proof) : responseStream, context);

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        continuation(Guarded(requestStream, context), responseStream, context);

    private static IAsyncStreamReader<T> Guarded<T>(IAsyncStreamReader<T> stream, ServerCallContext context) =>
        CallerProof.Of(context) is { } proof ? new Reader<T>(stream, proof) : stream;

    private sealed class Reader<T>(IAsyncStreamReader<T> inner, CallerProof proof) : IAsyncStreamReader<T>
    {
        public T Current => inner.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            var isMore = await inner.MoveNext(cancellationToken);
            if (isMore) await proof.CheckAsync(cancellationToken);
            return isMore;
        }
    }

    private sealed class Writer<T>(IServerStreamWriter<T> inner, CallerProof proof) : IServerStreamWriter<T>
    {
        public WriteOptions? WriteOptions
        {
            get => inner.WriteOptions;
            set => inner.WriteOptions = value;
        }

        public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

        public async Task WriteAsync(T message, CancellationToken cancellationToken)
        {
            await proof.CheckAsync(cancellationToken);
            await inner.WriteAsync(message, cancellationToken);
        }
    }
}
