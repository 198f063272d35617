using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Recommender.Hosting.Health;

/// <summary>Readiness: what must work before a service takes calls, told over HTTP (<c>/readyz</c>) and grpc.health.v1.</summary>
public static class Readiness
{
    /// <summary>The gRPC health service name that only says that the process lives.</summary>
    public const string GrpcLivenessName = "liveness";

    /// <summary>Adds a check that counts for the whole process and for the named gRPC services.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the check, e.g. <c>kafka</c>.</param>
    /// <param name="grpcServices">Full names of gRPC services that need it, e.g. <c>recommender.v1.IngestionService</c>.</param>
    public static void AddReadiness<TCheck>(this WebApplicationBuilder builder, string name, params string[] grpcServices)
        where TCheck : class, IHealthCheck
    {
        builder.Services.AddSingleton<TCheck>();
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(name, p => p.GetRequiredService<TCheck>(), HealthStatus.Unhealthy, grpcServices));
        builder.Services.AddGrpcHealthChecks(o =>
        {
            foreach (var service in grpcServices) o.Services.Map(service, registration => registration.Tags.Contains(service));
        });
    }

    /// <summary>Writes a small JSON object: the state as a whole and of every check, without exception texts.</summary>
    internal static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteString("status", report.Status == HealthStatus.Healthy ? "ok" : report.Status.ToString().ToLowerInvariant());
        writer.WriteStartObject("checks");
        foreach (var (name, entry) in report.Entries)
            writer.WriteString(name, entry.Status == HealthStatus.Healthy ? "ok" : entry.Description ?? "failed");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
