using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>Lets a test look at unary calls from inside, before they reach the service.</summary>
internal sealed class ProbeInterceptor(Func<ServerCallContext, Task> probe) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        await probe(context);
        return await continuation(request, context);
    }
}
