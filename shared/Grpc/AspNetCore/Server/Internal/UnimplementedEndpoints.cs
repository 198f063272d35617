using System.Globalization;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server.Internal;

// Answers calls of services and methods that are not mapped. Requests that are no gRPC calls are left alone.
internal static class UnimplementedEndpoints
{
    // Behind everything that the application maps itself.
    private const int Last = int.MaxValue;

    public static void MapMethods(IEndpointRouteBuilder endpoints, string service) =>
        Map(endpoints, $"{service}/{{unimplementedMethod:{GrpcCallConstraint.Name}}}", "The method is not known here.", Last - 1);

    public static void MapServices(IEndpointRouteBuilder endpoints) =>
        Map(endpoints, $"{{unimplementedService}}/{{unimplementedMethod:{GrpcCallConstraint.Name}}}", "The service is not known here.", Last);

    private static void Map(IEndpointRouteBuilder endpoints, string pattern, string detail, int order) => endpoints
        .MapPost(pattern, http => AnswerAsync(http, detail))
        .WithDisplayName($"gRPC - {pattern}")
        .WithOrder(order);

    private static Task AnswerAsync(HttpContext http, string detail)
    {
        var response = http.Response;
        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
        {
            response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return Task.CompletedTask;
        }
        response.ContentType = "application/grpc";
        response.Headers.GrpcAcceptEncoding = MessageEncoding.Accepted;
        response.Headers.GrpcStatus = ((int)StatusCode.Unimplemented).ToString(CultureInfo.InvariantCulture);
        response.Headers.GrpcMessage = detail;
        return Task.CompletedTask;
    }
}
