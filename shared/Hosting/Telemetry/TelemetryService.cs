using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Recommender.Hosting.Telemetry;

/// <summary>
/// Owns the OpenTelemetry SDK for the life of the host: metrics for the Prometheus endpoint, and metrics and traces over OTLP when the
/// standard variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
/// </summary>
internal sealed class TelemetryService(ServiceIdentity identity, PrometheusTextExporter prometheus) : IHostedService, IDisposable
{
    private static readonly string[] s_meters =
        [RecommenderTelemetry.Name, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    private OpenTelemetrySdk? _sdk;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var export = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"));
        _sdk = OpenTelemetrySdk.Create(builder =>
        {
            builder.ConfigureResource(r => r.AddService(identity.Name, serviceNamespace: "recommender", serviceVersion: identity.Version));
            builder.WithMetrics(metrics =>
            {
                metrics.AddMeter(s_meters).AddReader(prometheus.Reader);
                if (export) metrics.AddOtlpExporter();
            });
            // Without an exporter nobody listens, so activities are not even created.
            if (export)
                builder.WithTracing(traces => traces.AddSource(RecommenderTelemetry.Name, "Microsoft.AspNetCore").AddOtlpExporter());
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _sdk?.Dispose();
        _sdk = null;
    }
}
