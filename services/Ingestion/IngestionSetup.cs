using Recommender.Hosting.Configuration;
using Recommender.Hosting.Events;
using Recommender.Hosting.Health;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Privacy;
using Recommender.Hosting.Redis;
using Recommender.Ingestion.Catalog;
using Recommender.Ingestion.Erasure;
using Recommender.Ingestion.Events;

namespace Recommender.Ingestion;

/// <summary>Wires the service that takes events and the catalog.</summary>
public static class IngestionSetup
{
    /// <summary>Registers the service.</summary>
    public static void AddIngestion(this WebApplicationBuilder builder)
    {
        builder.AddOptionsRecord<IngestionOptions>();
        builder.AddKafkaOptions();
        builder.AddOptionsRecord<RedisOptions>();
        builder.Services.AddKafka().AddRedis();
        builder.Services.AddSingleton<IngestionMetrics>();
        builder.Services.AddSingleton<EventRules>();
        builder.AddUserIds();
        builder.Services.AddSingleton<ErasureStatusStore>();
        builder.Services.AddSingleton<ViewerLimiter>();
        builder.Services.AddSingleton<ContextFilter>();
        builder.Services.AddSingleton<EventRecords>();
        builder.Services.AddSingleton<EventDoor>();
        builder.Services.AddSingleton<IEventDoor, OwnEventDoor>();
        builder.Services.AddSingleton<CatalogLog>().AddHostedService(p => p.GetRequiredService<CatalogLog>());
        builder.Services.AddSingleton<CatalogWriter>();
        // Redis is not among the checks: events need Kafka alone, and GetVideo says for itself when its store is out of reach.
        builder.AddReadiness<KafkaHealthCheck>(
            "kafka", "recommender.v1.IngestionService", "recommender.v1.CatalogService", "recommender.v1.PrivacyService");
    }

    /// <summary>Maps its gRPC services.</summary>
    public static void MapIngestion(this WebApplication app)
    {
        app.MapGrpcService<IngestionService>();
        app.MapGrpcService<CatalogService>();
        app.MapGrpcService<PrivacyService>();
    }
}
