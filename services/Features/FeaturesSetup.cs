using Recommender.Contracts;
using Recommender.Features.Api;
using Recommender.Features.Archiving;
using Recommender.Features.Consuming;
using Recommender.Features.Online;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Health;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Objects;
using Recommender.Hosting.Online;
using Recommender.Hosting.Privacy;
using Recommender.Hosting.Redis;

namespace Recommender.Features;

/// <summary>Wires the service that turns events into features and keeps the archive.</summary>
public static class FeaturesSetup
{
    private const string WriterRedis = "features-writer";

    /// <summary>The topics that the service absorbs.</summary>
    public static IReadOnlyList<string> AbsorbedTopics { get; } = [.. Topics.KeyedByUser, Topics.Catalog];

    /// <summary>Registers the service.</summary>
    public static void AddFeatures(this WebApplicationBuilder builder)
    {
        builder.AddOptionsRecord<FeaturesOptions>();
        builder.AddOptionsRecord<ArchiveOptions>();
        builder.AddOptionsRecord<ViewerLimits>();
        builder.AddOptionsRecord<StorageOptions>();
        builder.AddObjectStores(StoreUse.WritesArchive);
        builder.AddKafkaOptions();
        builder.AddOptionsRecord<RedisOptions>();
        builder.AddUserIds();
        var services = builder.Services;
        services.AddKafka().AddRedis();
        services.AddKeyedSingleton<IRedis>(WriterRedis, (provider, _) => CreateWriterRedis(provider));
        services.AddSingleton<IOnlineStore>(p => CreateStore(p, p.GetRequiredKeyedService<IRedis>(WriterRedis)));
        services.AddSingleton<FeatureMetrics>();
        services.AddSingleton<DurationCache>();
        services.AddSingleton<PartitionAbsorber>();
        services.AddSingleton<BatchAbsorber>();
        services.AddSingleton<RejectedRecords>();
        services.AddSingleton<ArchiveSpool>().AddHostedService(p => p.GetRequiredService<ArchiveSpool>());
        services.AddSingleton<EventArchive>();
        services.AddSingleton<ErasureStatusStore>();
        services.AddSingleton<ErasureRounds>();
        services.AddSingleton<ConsumerProgress>();
        services.AddSingleton<SessionServices>();
        services.AddSingleton<ConsumerSessionFactory>();
        services.AddHostedService<JournalRecovery>();
        services.AddHostedService<EventConsumer>();
        services.AddHostedService<ArchiveMaintenance>();
        builder.AddReadiness<ConsumerHealthCheck>("consumer", "recommender.v1.FeatureService");
        builder.AddReadiness<RedisHealthCheck>("features-redis", "recommender.v1.FeatureService");
    }

    private static RedisOnlineStore CreateStore(IServiceProvider provider, IRedis redis) => new(
        redis, provider.GetRequiredService<FeaturesOptions>(),
        new WrongTypes(redis, provider.GetRequiredService<FeatureMetrics>(), provider.GetRequiredService<ILogger<WrongTypes>>()));

    /// <summary>Maps its gRPC service.</summary>
    public static void MapFeatures(this WebApplication app) => app.MapGrpcService<FeatureService>();

    /// <summary>A connection of its own, with more patience: its long pipelines would hold up the reads of others.</summary>
    private static RedisClient CreateWriterRedis(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<RedisOptions>() with { Timeout = provider.GetRequiredService<FeaturesOptions>().RedisTimeout };
        return new RedisClient(options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RedisClient>>());
    }
}
