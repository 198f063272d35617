using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Hosting.Kafka;

namespace Recommender.Features.Consuming;

/// <summary>Reads the topics for as long as the process lives, one session after the other, on a thread of its own.</summary>
internal sealed class EventConsumer(
    KafkaTopics topics, KafkaOptions kafka, FeaturesOptions options, ConsumerSessionFactory sessions, ConsumerProgress progress, TimeProvider time,
    ILogger<EventConsumer> logger) : BackgroundService
{
    private static readonly TimeSpan s_topicsPause = TimeSpan.FromSeconds(5);

    /// <summary>The topics that are read.</summary>
    public static IReadOnlyList<string> Subscription { get; } = [.. Topics.Events, Topics.Impression, Topics.Erasure, Topics.Catalog];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await EnsureTopicsAsync(stoppingToken);
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

    /// <summary>Waits for topics that fit together: where an operator has to mend them, the service says so and goes on when it is done.</summary>
    private async Task EnsureTopicsAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await topics.EnsureWhenReachableAsync(ProductTopics.Specs(kafka), stoppingToken);
                return;
            }
            catch (TopicMismatchException e)
            {
                progress.Trouble = e.Message;
                ConsumingLog.TopicsDiffer(logger, e.Message);
            }
            await Task.Delay(s_topicsPause, time, stoppingToken);
        }
    }

    private void RunSession(CancellationToken stoppingToken)
    {
        using var session = sessions.Create();
        session.Run(stoppingToken);
    }
}
