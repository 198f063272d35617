using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Recommender.Hosting.Health;

/// <summary>A door without TLS that offers grpc.health.v1 and nothing else: Kubernetes' grpc probes speak no TLS.</summary>
internal static class ProbeDoor
{
    private const string HealthPath = "/grpc.health.v1.Health";
    private static readonly object s_mark = new();

    /// <summary>Marks what comes in here.</summary>
    public static void Listen(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http2;
        listen.Use(next => connection =>
        {
            connection.Items[s_mark] = true;
            return next(connection);
        });
    }

    /// <summary>Refuses whatever else is asked for there, as if it did not exist.</summary>
    public static void UseProbeDoor(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var isProbe = context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(s_mark) == true;
        if (!isProbe || context.Request.Path.StartsWithSegments(HealthPath, StringComparison.Ordinal)) return next(context);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    });
}
