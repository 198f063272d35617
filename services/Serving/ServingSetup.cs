using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.ObjectPool;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Events;
using Recommender.Hosting.Health;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Objects;
using Recommender.Hosting.Privacy;
using Recommender.Hosting.Redis;
using Recommender.Serving.Api;
using Recommender.Serving.Catalog;
using Recommender.Serving.Experiments;
using Recommender.Serving.Exposure;
using Recommender.Serving.Feed;
using Recommender.Serving.Fresh;
using Recommender.Serving.Health;
using Recommender.Serving.Impressions;
using Recommender.Serving.Model;
using Recommender.Serving.OnDemand;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Ranking;
using Recommender.Serving.Trending;
using Recommender.Serving.Viewers;

namespace Recommender.Serving;

/// <summary>Wires the service that recommends.</summary>
public static class ServingSetup
{
    private const string GrpcService = "recommender.v1.RecommendationService";

    /// <summary>Registers the service. It starts and answers even when Kafka, Redis and the model store are absent.</summary>
    public static void AddServing(this WebApplicationBuilder builder)
    {
        builder.AddOptionsRecord<ServingOptions>();
        builder.AddOptionsRecord<ExperimentOptions>();
        builder.AddKafkaOptions();
        builder.AddOptionsRecord<RedisOptions>();
        builder.AddUserIds();
        builder.AddOptionsRecord<StorageOptions>();
        builder.AddObjectStores(StoreUse.ReadsModels);
        builder.Services.AddKafka().AddRedis();
        builder.Services.AddSingleton<ServingMetrics>();
        AddMemory(builder.Services);
        AddPipeline(builder.Services);
        builder.Services.AddHostedService<ImpressionWriter>();
        AddOnDemand(builder);
        AddFeed(builder);
        builder.AddReadiness<CatalogHealthCheck>("serving-catalog", GrpcService);
        builder.AddReadiness<ModelHealthCheck>("serving-model", GrpcService);
        builder.AddReadiness<OnlineHealthCheck>("serving-online", GrpcService);
    }

    /// <summary>Maps its gRPC service.</summary>
    public static void MapServing(this WebApplication app)
    {
        var metrics = app.Services.GetRequiredService<ServingMetrics>();
        var (catalog, board) = (app.Services.GetRequiredService<VideoCatalog>(), app.Services.GetRequiredService<TrendingBoard>());
        metrics.Observe(ServingMetrics.CatalogVideos, () => catalog.Count);
        var current = app.Services.GetRequiredService<CurrentModel>();
        metrics.Observe(ServingMetrics.Generations, () => current.CountInMemory());
        metrics.Observe(ServingMetrics.TrendingAge, () => board.Age?.TotalSeconds);
        var pipeline = app.Services.GetRequiredService<RecommendationPipeline>();
        foreach (var assignment in app.Services.GetRequiredService<Assignments>().Combinations) SettingsOfSources.Check(assignment.Options, pipeline);
        app.MapGrpcService<RecommendationApi>();
    }

    /// <summary>Streams, and where their events go.</summary>
    private static void AddFeed(WebApplicationBuilder builder)
    {
        if (builder.AddOptionsRecord<FeedOptions>().IngestionAddress.Length > 0) builder.Services.AddSingleton<IEventDoor, RemoteEventDoor>();
        else builder.Services.TryAddSingleton<IEventDoor, NoEventDoor>();
        builder.Services.AddSingleton<FeedServices>();
    }

    /// <summary>Requests over Kafka.</summary>
    private static void AddOnDemand(WebApplicationBuilder builder)
    {
        builder.AddOptionsRecord<OnDemandOptions>();
        builder.Services.AddSingleton<OnDemandAnswers>();
        builder.Services.AddSingleton<OnDemandBatch>();
        builder.Services.AddHostedService<OnDemandConsumer>();
    }

    /// <summary>What a replica holds in memory, and what keeps it current.</summary>
    private static void AddMemory(IServiceCollection services)
    {
        services.TryAddSingleton<ModelStore>();
        services.AddSingleton<GenerationLoader>();
        services.AddSingleton<RealTimeCost>();
        services.AddSingleton<CurrentModel>();
        services.AddSingleton<Rehearsal>();
        services.AddSingleton<VideoCatalog>();
        services.AddSingleton<TrendingBoard>();
        services.AddSingleton<ModelFollower>().AddHostedService(p => p.GetRequiredService<ModelFollower>());
        services.AddSingleton<CatalogFollower>().AddHostedService(p => p.GetRequiredService<CatalogFollower>());
        services.AddHostedService<TrendingRefresher>();
    }

    /// <summary>The stages, each of which says its place itself.</summary>
    private static void AddPipeline(IServiceCollection services)
    {
        services.AddSingleton<ObjectPool<QueryScratch>, ScratchPool>();
        services.AddSingleton(Random.Shared);
        services.AddSingleton<ViewerReader>();
        services.AddSingleton<FeatureCalculator>();
        services.AddStages(typeof(ServingSetup).Assembly);
        services.AddSingleton<RecommendationPipeline>();
        services.AddSingleton<Assignments>();
        services.AddSingleton<QueryMaker>();
        services.AddSingleton<CallGate>();
        services.AddSingleton<VideoLists>();
        services.AddSingleton<AnswerMaker>();
        services.AddSingleton<AnswerDiversity>();
        services.AddHostedService<FreshRefresher>();
    }
}
