using Recommender.Ingestion;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Ingestion;

/// <summary>The ingestion service with a broker and a Redis of its own.</summary>
public sealed class IngestionFixture : IAsyncLifetime
{
    private readonly RedisFixture _redis = new();

    public EmbeddedKafkaFixture Kafka { get; } = new();

    public RedisFixture Redis => _redis;

    public RunningService Service { get; private set; } = null!;

    public V1.IngestionService.IngestionServiceClient Events => new(Service.Channel);

    public V1.CatalogService.CatalogServiceClient Catalog => new(Service.Channel);

    public async ValueTask InitializeAsync()
    {
        Kafka.CreateProductTopics();
        await _redis.InitializeAsync();
        Service = await RunningService.StartAsync(
            "ingestion", b => b.AddIngestion(), a => a.MapIngestion(),
            $"Kafka:BootstrapServers={Kafka.Bootstrap}", "Kafka:DeliveryTimeout=00:00:10", "Kafka:LogIdentity=test",
            $"Redis:Endpoints={_redis.Server.Endpoint}", "Redis:Timeout=00:00:20", "Ingestion:StreamWindow=64");
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await _redis.DisposeAsync();
        Kafka.Dispose();
    }
}
