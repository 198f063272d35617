using System.Net;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Recommender.Hosting.Auth;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Health;
using Recommender.Hosting.Telemetry;
using Recommender.Hosting.Tls;

namespace Recommender.Hosting;

/// <summary>What every service has alike: two listeners, logs, telemetry, health over HTTP and gRPC, reflection, error mapping.</summary>
public static class ServiceDefaults
{
    /// <summary>Registers the defaults.</summary>
    public static void AddServiceDefaults(this WebApplicationBuilder builder, string name)
    {
        var server = builder.AddOptionsRecord<ServerOptions>();
        builder.AddPlainLogging();
        builder.AddAuth();
        var certificate = server.TlsCertificatePath.Length > 0 ? new ServerCertificate(server, TimeProvider.System) : null;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, server, certificate));
        var services = builder.Services;
        services.AddRoutingCore();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new ServiceIdentity(name));
        services.AddSingleton<HostProblem>();
        services.AddSingleton<PrometheusTextExporter>();
        services.AddHostedService<TelemetryService>();
        services.Configure<HostOptions>(o => o.ShutdownTimeout = server.DrainTimeout);
        services.Configure<HealthCheckPublisherOptions>(o =>
        {
            o.Delay = TimeSpan.Zero;
            o.Period = TimeSpan.FromSeconds(1);
        });
        services.AddGrpc(o => Configure(o, server));
        services.AddHealthChecks().AddCheck("process", () => HealthCheckResult.Healthy(), tags: [Readiness.GrpcLivenessName]);
        services.AddGrpcHealthChecks(o => o.Services.Map(Readiness.GrpcLivenessName, r => r.Tags.Contains(Readiness.GrpcLivenessName)));
        if (server.Reflection) services.AddGrpcReflection();
    }

    /// <summary>Maps <c>/healthz</c> (the process lives), <c>/readyz</c> (it can work), <c>/metrics</c>, gRPC health and reflection.</summary>
    public static void MapServiceDefaults(this WebApplication app)
    {
        app.UseProbeDoor();
        app.UseRouting();
        app.UseMetadataGate(app.Services.GetRequiredService<ServerOptions>().MaxMetadataBytes);
        app.UseAuth();
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = r => r.Tags.Contains(Readiness.GrpcLivenessName), ResponseWriter = Readiness.WriteAsync });
        app.MapHealthChecks("/readyz", new HealthCheckOptions { ResponseWriter = Readiness.WriteAsync });
        app.MapGet("/metrics", WriteMetricsAsync);
        app.MapGrpcHealthChecksService();
        if (app.Services.GetRequiredService<ServerOptions>().Reflection) app.MapGrpcReflectionService();
    }

    private static void Configure(KestrelServerOptions kestrel, ServerOptions server, ServerCertificate? certificate)
    {
        if (certificate is not null) certificate.Logger = kestrel.ApplicationServices.GetRequiredService<ILogger<ServerCertificate>>();
        var host = IPAddress.Parse(server.Host);
        kestrel.AddServerHeader = false;
        kestrel.Limits.Http2.MaxStreamsPerConnection = server.MaxStreamsPerConnection;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 1 << 20;
        kestrel.Limits.Http2.InitialStreamWindowSize = 768 << 10;
        MetadataGate.Allow(kestrel.Limits);
        kestrel.Limits.MaxRequestBodySize = null; // streams have no end; single messages have a bound of their own
        kestrel.Listen(host, server.GrpcPort, o =>
        {
            o.Protocols = HttpProtocols.Http2;
            if (certificate is not null) o.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(certificate.Current()) });
        });
        kestrel.Listen(host, server.HttpPort, o => o.Protocols = HttpProtocols.Http1);
        if (server.ProbePort > 0) kestrel.Listen(host, server.ProbePort, ProbeDoor.Listen);
    }

    private static void Configure(GrpcServiceOptions grpc, ServerOptions server)
    {
        grpc.MaxReceiveMessageSize = server.MaxMessageBytes;
        grpc.Interceptors.Add<CallMetrics>();
        grpc.Interceptors.Add<ErrorInterceptor>();
        grpc.Interceptors.Add<StreamGuard>();
    }

    private static Task WriteMetricsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(context.RequestServices.GetRequiredService<PrometheusTextExporter>().Scrape(), context.RequestAborted);
    }
}
