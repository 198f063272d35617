using Confluent.Kafka;
using Recommender.Hosting.Kafka;

namespace Recommender.Features.Consuming;

/// <summary>Reads the topics for as long as the process lives, one session after the other, on a thread of its own.</summary>
internal sealed class EventConsumer(
    KafkaTopics topics, KafkaOptions kafka, FeaturesOptions options, ConsumerSessionFactory sessions, ConsumerProgress progress, TimeProvider time,
    ILogger<EventConsumer> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await topics.EnsureWhenReachableAsync(ProductTopics.Specs(kafka), stoppingToken);
        }
        catch (TopicMismatchException)
        {
            return; // the process is about to stop and say why
        }
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Factory.StartNew(() => RunSession(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            catch (Exception e) when (e is KafkaException or LogChangedException)
            {
                progress.Trouble = "the consumer is starting over";
                ConsumingLog.SessionEnded(logger, e.Message);
                await Task.Delay(options.RetryDelay, time, stoppingToken);
            }
        }
    }

    private void RunSession(CancellationToken stoppingToken)
    {
        using var session = sessions.Create();
        session.Run(stoppingToken);
    }
}
