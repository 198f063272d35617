using System.Net;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>The echo service on this repository's runtime, in this process, on a port of its own.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EchoServer(WebApplication app, LogRecords logs) => (_app, Logs) = (app, logs);

    /// <summary>HTTP/2 without TLS.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>The same services behind HTTP/1.1.</summary>
    public Uri Http1Address => new(_app.Urls.Last());

    public LogRecords Logs { get; }

    public IServiceProvider Services => _app.Services;

    public CallNotes Notes => _app.Services.GetRequiredService<CallNotes>();

    public static async Task<EchoServer> StartAsync(
        Action<GrpcServiceOptions>? grpc = null, Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null)
    {
        var logs = new LogRecords();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRouting();
        builder.Services.AddSingleton<CallNotes>();
        builder.Services.AddGrpc(grpc ?? (_ => { }));
        build?.Invoke(builder);
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<EchoService>();
        map?.Invoke(app);
        await app.StartAsync();
        return new EchoServer(app, logs);
    }

    public GrpcChannel Connect(GrpcChannelOptions? options = null) => GrpcChannel.ForAddress(Address, options ?? new());

    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
