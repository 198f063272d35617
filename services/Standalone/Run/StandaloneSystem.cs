using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Recommender.Features;
using Recommender.Hosting;
using Recommender.Hosting.Auth;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Telemetry;
using Recommender.Ingestion;
using Recommender.Serving;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Embedded;
using Recommender.Standalone.Embedded.Journal;
using Recommender.Training;

namespace Recommender.Standalone.Run;

/// <summary>Kafka, Redis and the four services in one process.</summary>
internal sealed class StandaloneSystem : IAsyncDisposable
{
    private readonly AsyncStack _parts;
    private readonly WebApplication _app;

    private StandaloneSystem(AsyncStack parts, WebApplication app, int kafkaPort, int redisPort, string log)
    {
        (_parts, _app, Log) = (parts, app, log);
        var urls = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        _ = ServerAddress.TryParse(urls[0], out var grpc);
        _ = ServerAddress.TryParse(urls[1], out var http);
        Addresses = new Addresses(grpc, http, new ServerAddress("127.0.0.1", kafkaPort), new ServerAddress("127.0.0.1", redisPort));
    }

    /// <summary>Where everything is.</summary>
    public Addresses Addresses { get; }

    /// <summary>With which the process calls its own door.</summary>
    public ClientIdentity Identity => ClientIdentity.OfToken(_app.Services.GetRequiredService<OwnToken>().Token);

    /// <summary>Name of the log of this start, as the archive's files carry it.</summary>
    public string Log { get; }

    /// <summary>Starts everything; returns when the door is open.</summary>
    /// <exception cref="EmbeddedStartException">A port is taken, or redis-server is missing.</exception>
    /// <exception cref="OptionsException">A setting is wrong.</exception>
    public static async Task<StandaloneSystem> StartAsync(RunSettings settings, DataDirectory data, CancellationToken cancellationToken)
    {
        PortCheck.RequireFree(settings.GrpcPort, "gRPC", RunCommand.GrpcPortOption);
        PortCheck.RequireFree(settings.HttpPort, "health and metrics", RunCommand.HttpPortOption);
        var parts = new AsyncStack();
        try
        {
            return await StartAsync(settings, data, parts, cancellationToken);
        }
        catch
        {
            await parts.DisposeAsync();
            throw;
        }
    }

    private static async Task<StandaloneSystem> StartAsync(RunSettings settings, DataDirectory data, AsyncStack parts, CancellationToken cancellationToken)
    {
        var loggers = parts.Push(LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Warning).AddPlainConsole()));
        var kafka = parts.Push(new EmbeddedKafka());
        var bootstrap = parts.Push(new BootstrapForwarder(settings.KafkaPort, kafka.EndPoint, RunCommand.KafkaPortOption));
        var redis = parts.Push(await EmbeddedRedis.StartAsync(
            new EmbeddedRedisSettings { Directory = data.Redis, Port = settings.RedisPort, PortOption = RunCommand.RedisPortOption },
            TimeProvider.System, loggers.CreateLogger<EmbeddedRedis>(), cancellationToken));
        var log = data.NextLog();
        var journal = parts.Push(new RecordJournal(
            new JournalSettings { Directory = data.Journal, Log = log, Topics = FeaturesSetup.AbsorbedTopics, SyncState = redis.SyncAsync },
            TimeProvider.System, loggers.CreateLogger<RecordJournal>()));
        var app = parts.Push(Build(StandaloneSettings.Arguments(settings, data, kafka.Bootstrap, redis.Endpoint, log), kafka, journal));
        // Its topics are there now.
        bootstrap.Begin();
        await app.StartAsync(cancellationToken);
        return new StandaloneSystem(parts, app, bootstrap.Port, redis.Port, log);
    }

    /// <summary>Fires when a service gives up and takes the others with it.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    /// <summary>Why it did, where that is known.</summary>
    public string? Problem => _app.Services.GetRequiredService<HostProblem>().Error is { } error ? StartFailure.Describe(error) : null;

    /// <summary>
    /// Stops in the order in which data flows: the door, what serving still writes, then the features, which absorb and archive all there is.
    /// </summary>
    public Task StopAsync() => _app.StopAsync(CancellationToken.None);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    private static WebApplication Build(string[] arguments, EmbeddedKafka kafka, RecordJournal journal) => ServiceHost.Build(
        "standalone", arguments,
        builder =>
        {
            var specs = ProductTopics.Specs(builder.AddOptionsRecord<KafkaOptions>());
            foreach (var spec in specs) kafka.CreateTopic(spec.Name, spec.Partitions);
            // Their producers wait for the feature service, since the embedded broker keeps little.
            var absorbed = specs.Where(s => FeaturesSetup.AbsorbedTopics.Contains(s.Name)).ToDictionary(s => s.Name, s => s.Partitions);
            builder.Services.AddSingleton<OwnToken>();
            builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
            builder.Services.AddSingleton<IProducePacer>(p => new EmbeddedBrokerPacer(absorbed, p.GetRequiredService<TimeProvider>()));
            builder.Services.AddSingleton<IRecordJournal>(journal);
            // Services stop in the opposite order, so that who writes stops before who reads.
            builder.AddIngestion();
            builder.AddFeatures();
            builder.AddTraining();
            builder.AddServing();
            // The last one before the door opens.
            builder.Services.AddHostedService<CatalogRestore>();
        },
        app =>
        {
            app.MapIngestion();
            app.MapFeatures();
            app.MapTraining();
            app.MapServing();
        });
}
