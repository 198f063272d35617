using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting;
using Recommender.Hosting.Errors;
using Recommender.Ingestion;
using Recommender.Serving.Feed;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Integration.Doors;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving.Feed;

/// <summary>The way to an ingestion service that asks for certificates.</summary>
public sealed class FeedTlsTests : IDisposable
{
    private readonly TempDirectory _files = new();
    private readonly EmbeddedKafkaFixture _kafka = new();
    private readonly TestAuthority _authority = new("Test authority");

    [Fact]
    public async Task With_mutual_TLS_serving_shows_the_certificate_of_its_own_door()
    {
        _kafka.CreateProductTopics();
        var (server, ca) = (_authority.Sign(_files.Path, "server"), _authority.WriteTo(_files.Path));
        await using var ingestion = await RunningService.StartAsync(
            "ingestion", b => b.AddIngestion(), a => a.MapIngestion(), $"Kafka:BootstrapServers={_kafka.Bootstrap}", "Redis:Endpoints=127.0.0.1:1",
            "Server:TlsCertificatePath=" + server.Certificate, "Server:TlsKeyPath=" + server.Key, "Server:TlsClientCaPath=" + ca);
        var own = _authority.Sign(_files.Path, "serving");
        using var known = Door(ingestion, own, ca);
        Assert.Equal("", await Eventually.SucceedsAsync<string, DependencyUnavailableException>(() => TakeAsync(known)));

        using var others = new TestAuthority("Another authority");
        using var stranger = Door(ingestion, others.Sign(_files.Path, "stranger"), ca);
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => TakeAsync(stranger));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _kafka.Dispose();
        _files.Dispose();
    }

    private static Task<string> TakeAsync(RemoteEventDoor door) =>
        door.TakeAsync(new Event { Type = EventType.Like, UserId = "u", VideoId = "v" }, TestContext.Current.CancellationToken);

    private static RemoteEventDoor Door(RunningService ingestion, (string Certificate, string Key) own, string ca) => new(
        new FeedOptions { IngestionAddress = ingestion.GrpcAddress, EventTimeout = TimeSpan.FromSeconds(20) },
        new ServerOptions { TlsCertificatePath = own.Certificate, TlsKeyPath = own.Key, TlsClientCaPath = ca },
        TimeProvider.System, NullLogger<RemoteEventDoor>.Instance);
}
