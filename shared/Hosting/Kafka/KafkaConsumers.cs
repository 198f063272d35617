using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Recommender.Hosting.Kafka;

/// <summary>Begins to build consumers: with log and health attached, so that only handlers of one's own are left to add.</summary>
public static class KafkaConsumers
{
    /// <summary>A consumer of raw records.</summary>
    /// <param name="config">What <see cref="KafkaConfigs.Consumer"/> made, perhaps changed.</param>
    /// <param name="health">Is told about doubts.</param>
    /// <param name="logger">The log.</param>
    public static ConsumerBuilder<byte[]?, byte[]?> Build(ConsumerConfig config, KafkaHealth health, ILogger logger) =>
        new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetLogHandler((_, line) => KafkaLog.Native(logger, line))
            .SetErrorHandler((_, error) =>
            {
                if (error.Code == ErrorCode.Local_AllBrokersDown)
                    health.Doubt();
            });
}
