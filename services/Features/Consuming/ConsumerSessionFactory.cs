using Confluent.Kafka;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Telemetry;

namespace Recommender.Features.Consuming;

/// <summary>Makes consumers.</summary>
internal sealed class ConsumerSessionFactory(
    SessionServices services, KafkaOptions kafka, KafkaHealth health, ILogger<ConsumerSession> logger)
{
    /// <summary>A new membership in the group.</summary>
    public ConsumerSession Create() => new(services, Builder(), logger);

    private ConsumerBuilder<byte[]?, byte[]?> Builder()
    {
        var config = KafkaConfigs.Consumer(kafka, services.Options.GroupId);
        // Headers are of use to traces, and where a log that does not outlive the process gets its records again (CloudEventHeaders.Restored).
        // Elsewhere unpacking them would cost more than the rest of the record, and records that are set aside go without those that they had.
        var readsHeaders = services.Options.DrainOnStop || RecommenderTelemetry.ActivitySource.HasListeners();
        config.ConsumeResultFields = readsHeaders ? "headers,timestamp,topic" : "timestamp,topic";
        config.StatisticsIntervalMs = (int)ClientStatistics.Period.TotalMilliseconds;
        return KafkaConsumers.Build(config, health, logger).SetStatisticsHandler((_, json) => services.Metrics.Prefetched(ClientStatistics.PrefetchedBytes(json)));
    }
}
