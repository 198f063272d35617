using Microsoft.Extensions.DependencyInjection.Extensions;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Health;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Objects;
using Recommender.Hosting.Redis;
using Recommender.Modeling.Onnx;
using Recommender.Training.Dataset;
using Recommender.Training.Judging;
using Recommender.Training.Mlflow;
using Recommender.Training.Publishing;
using Recommender.Training.Ranking;
using Recommender.Training.Registry;
using Recommender.Training.Running;
using Recommender.Training.Triggers;

namespace Recommender.Training;

/// <summary>Wires the service that trains models and keeps the registry.</summary>
public static class TrainingSetup
{
    /// <summary>Registers the service.</summary>
    public static void AddTraining(this WebApplicationBuilder builder)
    {
        OnnxTrainers.Register(); // before options name trainers
        AutoCandidate.Register(TimeProvider.System);
        var options = builder.AddOptionsRecord<TrainingOptions>();
        builder.AddOptionsRecord<StorageOptions>();
        var objects = builder.AddObjectStores(StoreUse.WritesModels);
        builder.AddKafkaOptions();
        builder.AddOptionsRecord<RedisOptions>();
        var services = builder.Services;
        services.AddKafka().AddRedis();
        services.TryAddSingleton<ModelStore>();
        // A process that keeps the registry alone does not read the archive.
        if (objects.IsConfigured && options.Mode != TrainingMode.Registry) services.AddSingleton<ArchiveFetch>().AddHostedService(p => p.GetRequiredService<ArchiveFetch>());
        services.AddSingleton<SnapshotReader>();
        services.AddSingleton<MlflowFolder>();
        services.AddSingleton<MlflowRuns>();
        services.AddSingleton<MlflowModels>();
        services.AddSingleton<RunStore>();
        services.AddSingleton<RunBook>();
        services.AddSingleton<RunPlanner>();
        services.AddSingleton<TrialRunner>();
        services.AddSingleton<ListWriter>();
        services.AddSingleton<ArchiveTurn>();
        services.AddSingleton<ListRefresh>();
        services.AddSingleton<RankerStage>();
        services.AddSingleton<TrainingRunner>();
        services.AddSingleton<LiveAnnouncer>();
        services.AddSingleton<ModelRegistry>();
        services.AddHostedService<RunLoader>(); // before whoever works with the runs
        services.AddHostedService(provider => provider.GetRequiredService<LiveAnnouncer>());
        services.AddHostedService(provider => provider.GetRequiredService<ListRefresh>());
        AddWork(services, options.Mode);
        // Neither Kafka nor Redis is among the checks: runs and the registry work without them and tell afterwards.
        builder.AddReadiness<ModelsFolderCheck>("models", "recommender.v1.TrainingService", "recommender.v1.ModelRegistryService");
    }

    /// <summary>Who executes runs: this process all the time, this process once, or another one.</summary>
    private static void AddWork(IServiceCollection services, string mode)
    {
        if (mode == TrainingMode.Registry)
        {
            services.AddHostedService<RunFollower>();
            return;
        }
        services.AddSingleton<TrainingWorker>();
        services.AddSingleton<RetrainSchedule>();
        if (mode == TrainingMode.Once)
        {
            services.AddHostedService<TrainOnce>();
            return;
        }
        services.AddHostedService(provider => provider.GetRequiredService<TrainingWorker>());
        services.AddHostedService(provider => provider.GetRequiredService<RetrainSchedule>());
        services.AddHostedService<DriftWatch>();
    }

    /// <summary>Maps its gRPC services.</summary>
    public static void MapTraining(this WebApplication app)
    {
        app.MapGrpcService<TrainingGrpcService>();
        app.MapGrpcService<ModelRegistryGrpcService>();
    }
}
