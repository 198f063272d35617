using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.ObjectPool;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Health;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Redis;
using Recommender.Serving.Api;
using Recommender.Serving.Candidates;
using Recommender.Serving.Catalog;
using Recommender.Serving.Filters;
using Recommender.Serving.Health;
using Recommender.Serving.Impressions;
using Recommender.Serving.Model;
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
        builder.AddOptionsRecord<KafkaOptions>();
        builder.AddOptionsRecord<RedisOptions>();
        builder.AddOptionsRecord<StorageOptions>();
        builder.Services.AddKafka().AddRedis();
        builder.Services.AddSingleton<ServingMetrics>();
        AddMemory(builder.Services);
        AddPipeline(builder.Services);
        AddImpressions(builder.Services);
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
        metrics.Observe(ServingMetrics.TrendingAge, () => board.Age?.TotalSeconds);
        app.MapGrpcService<RecommendationApi>();
    }

    /// <summary>What a replica holds in memory, and what keeps it current.</summary>
    private static void AddMemory(IServiceCollection services)
    {
        services.TryAddSingleton<ModelStore>();
        services.AddSingleton<GenerationLoader>();
        services.AddSingleton<RealTimeCost>();
        services.AddSingleton<CurrentModel>();
        services.AddSingleton<VideoCatalog>();
        services.AddSingleton<TrendingBoard>();
        services.AddSingleton<ModelFollower>().AddHostedService(p => p.GetRequiredService<ModelFollower>());
        services.AddSingleton<CatalogFollower>().AddHostedService(p => p.GetRequiredService<CatalogFollower>());
        services.AddHostedService<TrendingRefresher>();
    }

    /// <summary>The stages, in their order. A new source or filter is one more line.</summary>
    private static void AddPipeline(IServiceCollection services)
    {
        services.AddSingleton(ObjectPool.Create<QueryScratch>());
        services.AddSingleton(Random.Shared);
        services.AddSingleton<ViewerReader>();
        services.AddSingleton<IQueryHydrator, ViewerHydrator>();
        services.AddSingleton<IQueryHydrator, HistoryHydrator>();
        services.AddSingleton<IQueryHydrator, PlanHydrator>();
        // A video that several of them propose belongs to the first.
        services.AddSingleton<ICandidateSource, RealTimeSource>();
        services.AddSingleton<ICandidateSource, PrecomputedSource>();
        services.AddSingleton<ICandidateSource, SimilarSource>();
        services.AddSingleton<ICandidateSource, TrendingSource>();
        services.AddSingleton<ICandidateSource, PopularSource>();
        services.AddSingleton<ICandidateSource, FreshSource>();
        services.AddSingleton<ICandidateSource, NewestSource>();
        services.AddSingleton<ICandidateHydrator, CatalogHydrator>();
        // The cheapest first.
        services.AddSingleton<ICandidateFilter, DeletedFilter>();
        services.AddSingleton<ICandidateFilter, ExcludedFilter>();
        services.AddSingleton<ICandidateFilter, SeenFilter>();
        services.AddSingleton<ICandidateFilter, HiddenFilter>();
        services.AddSingleton<IScorer, BlendScorer>();
        services.AddSingleton<ISelector, DiverseSelector>();
        services.AddSingleton<RecommendationPipeline>();
        services.AddSingleton<VideoLists>();
    }

    private static void AddImpressions(IServiceCollection services)
    {
        services.AddSingleton<ImpressionQueue>();
        services.AddSingleton<ISideEffect>(p => p.GetRequiredService<ImpressionQueue>());
        services.AddHostedService<ImpressionWriter>();
    }
}
