using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server.Internal;

// Lets a catch-all route match gRPC calls only.
internal sealed class GrpcCallConstraint : IRouteConstraint
{
    public const string Name = "grpcCall";

    public bool Match(
        HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        httpContext is not null && HttpGate.IsGrpc(httpContext.Request);
}
