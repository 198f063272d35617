using System.Text;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Auth;
using Recommender.Ingestion;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving.Feed;

/// <summary>Serving in one process and ingestion, which asks for a token, in another; nothing absorbs events, so that what the videos show is the stream's own doing.</summary>
public sealed class FeedFixture : IAsyncLifetime
{
    private readonly TempDirectory _files = new();

    public ServingFixture Serving { get; } = new();

    public RunningService Ingestion { get; private set; } = null!;

    public RunningService Replica { get; private set; } = null!;

    /// <summary>Settings with which a replica finds ingestion.</summary>
    public string[] Way => [$"Feed:IngestionAddress={Ingestion.GrpcAddress}", "Feed:TokenPath=" + Path.Combine(_files.Path, "token"), "Feed:EventTimeout=00:00:20", "Feed:Patience=00:00:20"];

    public async ValueTask InitializeAsync()
    {
        await Serving.InitializeAsync();
        var token = BearerToken.Create();
        await File.WriteAllTextAsync(Path.Combine(_files.Path, "token"), token + "\n");
        await File.WriteAllTextAsync(Path.Combine(_files.Path, "callers"), CallersFile.Line("serving", token, ["ingestion"], null));
        Ingestion = await RunningService.StartAsync(
            "ingestion", b => b.AddIngestion(), a => a.MapIngestion(),
            $"Kafka:BootstrapServers={Serving.Kafka.Bootstrap}", $"Redis:Endpoints={Serving.Redis.Server.Endpoint}", "Redis:Timeout=00:00:20", "Auth:CallersPath=" + Path.Combine(_files.Path, "callers"));
        Replica = await Serving.StartAsync(Way);
        await Eventually.TrueAsync(async () => (await ServingFixture.ReadinessAsync(Replica)).IsReady, "the replica is ready");
    }

    /// <summary>The events of a viewer in Kafka.</summary>
    public List<Event> EventsOf(string user) => [.. Topics.Events.SelectMany(t => LogReader.ReadToEnd(Serving.Kafka.Bootstrap, t))
        .Where(r => Encoding.UTF8.GetString(r.Key) == user).Select(r => EventJson.Parse(r.Value))];

    /// <summary>What a replica says of itself.</summary>
    public static async Task<string> MetricsAsync(RunningService service)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(service.HttpAddress + "/metrics"), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Replica is not null) await Replica.DisposeAsync();
        if (Ingestion is not null) await Ingestion.DisposeAsync();
        await Serving.DisposeAsync();
        _files.Dispose();
    }
}
