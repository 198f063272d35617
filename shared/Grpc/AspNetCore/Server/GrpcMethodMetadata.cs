using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>On a gRPC endpoint: the method it serves and the type that serves it.</summary>
public sealed class GrpcMethodMetadata(Type serviceType, IMethod method)
{
    /// <summary>The type that serves the method.</summary>
    public Type ServiceType { get; } = serviceType;

    /// <summary>The method.</summary>
    public IMethod Method { get; } = method;
}
