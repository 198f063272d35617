using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Recommender.Hosting.Kafka;

internal static partial class KafkaLog
{
    [LoggerMessage(3001, LogLevel.Debug, "Kafka client {Client}: {Facility} {Message}")]
    public static partial void ClientDebug(ILogger logger, string client, string facility, string message);

    [LoggerMessage(3002, LogLevel.Warning, "Kafka client {Client}: {Facility} {Message}")]
    public static partial void ClientWarning(ILogger logger, string client, string facility, string message);

    [LoggerMessage(3003, LogLevel.Warning, "Kafka is out of reach: {Reason}")]
    public static partial void Unreachable(ILogger logger, string reason);

    [LoggerMessage(3004, LogLevel.Information, "Kafka is reachable")]
    public static partial void Reachable(ILogger logger);

    [LoggerMessage(3005, LogLevel.Error, "The producer failed for good and is replaced: {Reason}")]
    public static partial void ProducerReplaced(ILogger logger, string reason);

    [LoggerMessage(3006, LogLevel.Warning, "Records could not be delivered: {Reason}")]
    public static partial void DeliveryFailed(ILogger logger, string reason);

    [LoggerMessage(3007, LogLevel.Warning, "{Count} records were still undelivered when the producer was closed")]
    public static partial void Undelivered(ILogger logger, int count);

    [LoggerMessage(3008, LogLevel.Error, "Kafka cannot be used as it is configured: {Reason}")]
    public static partial void Misconfigured(ILogger logger, string reason);

    [LoggerMessage(3010, LogLevel.Information, "Created topic {Topic} with {Partitions} partitions")]
    public static partial void TopicCreated(ILogger logger, string topic, int partitions);

    [LoggerMessage(3011, LogLevel.Warning, "Topic {Topic} has {Actual} partitions, {Wanted} are configured; it is left as it is")]
    public static partial void TopicDiffers(ILogger logger, string topic, int actual, int wanted);

    [LoggerMessage(3009, LogLevel.Warning, "Topic {Topic} could not be created: {Reason}")]
    public static partial void TopicNotCreated(ILogger logger, string topic, string reason);

    [LoggerMessage(3012, LogLevel.Warning, "Topics could not be checked yet, trying again: {Reason}")]
    public static partial void TopicsNotChecked(ILogger logger, string reason);

    [LoggerMessage(3013, LogLevel.Warning,
        "The cluster names neither itself nor topic {Topic}; watermarks call its log 'default'. Set Kafka:LogIdentity, and change it when a topic is recreated")]
    public static partial void NoLogIdentity(ILogger logger, string topic);

    [LoggerMessage(3014, LogLevel.Warning, "The identity of the log is not known yet, trying again: {Reason}")]
    public static partial void LogIdentityNotKnown(ILogger logger, string reason);

    [LoggerMessage(3020, LogLevel.Information, "Read topic {Topic} to its end: {Records} records")]
    public static partial void CaughtUp(ILogger logger, string topic, long records);

    [LoggerMessage(3021, LogLevel.Error, "A record of topic {Topic}, partition {Partition}, offset {Offset}, was skipped because its handler failed")]
    public static partial void HandlerFailed(ILogger logger, Exception error, string topic, int partition, long offset);

    [LoggerMessage(3022, LogLevel.Warning, "Reading topic {Topic} failed and is begun again: {Reason}")]
    public static partial void ReaderRestarted(ILogger logger, string topic, string reason);

    /// <summary>Passes a line of the native client on, at a level that fits it.</summary>
    public static void Native(ILogger logger, LogMessage line)
    {
        // Connection trouble is told once by KafkaHealth; the client repeats it for every attempt.
        if (line.Level <= SyslogLevel.Error && line.Facility is not ("FAIL" or "ERROR"))
            ClientWarning(logger, line.Name, line.Facility, line.Message);
        else
            ClientDebug(logger, line.Name, line.Facility, line.Message);
    }
}
