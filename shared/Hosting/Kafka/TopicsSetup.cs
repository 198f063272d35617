using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Recommender.Hosting.Kafka;

/// <summary>Makes sure, in the background and for as long as it takes, that the product's topics exist.</summary>
internal sealed class TopicsSetup(KafkaTopics topics, KafkaOptions options, IHostApplicationLifetime lifetime, ILogger<TopicsSetup> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await topics.EnsureWhenReachableAsync(ProductTopics.Specs(options), stoppingToken);
        }
        catch (TopicMismatchException e)
        {
            TopicsSetupLog.Mismatch(logger, e.Message);
            lifetime.StopApplication();
        }
    }
}

internal static partial class TopicsSetupLog
{
    [LoggerMessage(EventId = 1101, EventName = "TopicMismatch", Level = LogLevel.Critical, Message = "{Problem}")]
    public static partial void Mismatch(ILogger logger, string problem);
}
