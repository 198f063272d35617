using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Recommender.Hosting;

namespace Recommender.Tests.Fixtures;

/// <summary>A service as its process would run it, inside the test, on ports that the system chose.</summary>
public sealed class RunningService : IAsyncDisposable
{
    private RunningService(WebApplication app)
    {
        App = app;
        var urls = app.Urls.ToArray();
        GrpcAddress = urls[0];
        HttpAddress = urls[1];
        Channel = GrpcChannel.ForAddress(GrpcAddress);
    }

    /// <summary>The application.</summary>
    public WebApplication App { get; }

    /// <summary>Address of gRPC, <c>http://127.0.0.1:port</c>.</summary>
    public string GrpcAddress { get; }

    /// <summary>Address of health and metrics.</summary>
    public string HttpAddress { get; }

    /// <summary>A gRPC channel to it.</summary>
    public GrpcChannel Channel { get; }

    /// <summary>Starts a service with settings such as <c>Kafka:BootstrapServers=127.0.0.1:1234</c>.</summary>
    public static async Task<RunningService> StartAsync(
        string name, Action<WebApplicationBuilder> add, Action<WebApplication> map, params IEnumerable<string> settings)
    {
        string[] args = ["--Server:GrpcPort=0", "--Server:HttpPort=0", "--Server:DrainTimeout=00:00:05", .. settings.Select(s => "--" + s)];
        var app = ServiceHost.Build(name, args, add, map);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningService(app);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await App.StopAsync(CancellationToken.None);
        await App.DisposeAsync();
    }
}
