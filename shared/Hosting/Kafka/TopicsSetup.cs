using Microsoft.Extensions.Hosting;
using Recommender.Contracts;

namespace Recommender.Hosting.Kafka;

/// <summary>Makes sure, in the background and for as long as it takes, that the product's topics exist, and notes how many partitions they have.</summary>
internal sealed class TopicsSetup(
    KafkaTopics topics, KafkaOptions options, EventPartitions partitions, HostProblem problem, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var found = await topics.EnsureWhenReachableAsync(ProductTopics.Specs(options), stoppingToken);
            partitions.Count = found[Topics.View];
        }
        catch (TopicMismatchException e)
        {
            problem.Error = e;
            lifetime.StopApplication();
        }
    }
}
