using Recommender.Contracts;
using Recommender.Hosting;
using Recommender.Hosting.Kafka;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Features;

public sealed class MismatchTests : IClassFixture<EmbeddedKafkaFixture>
{
    private readonly EmbeddedKafkaFixture _kafka;

    public MismatchTests(EmbeddedKafkaFixture kafka)
    {
        _kafka = kafka;
        foreach (var topic in ProductTopics.Specs(kafka.Options)) kafka.Broker.CreateTopic(topic.Name, topic.Name == Topics.View ? 4 : topic.Partitions);
    }

    [Fact]
    public async Task Topics_that_contradict_each_other_end_the_process_with_one_sentence()
    {
        using var process = KillableProcess.Start("Features", [$"Kafka:BootstrapServers={_kafka.Bootstrap}", "Kafka:LogIdentity=test", "Redis:Endpoints=127.0.0.1:1", "Logging:LogLevel:Default=Error"]);
        Assert.Equal(ServiceHost.ExitMisconfigured, await process.ExitAsync());
        var line = Assert.Single(process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.StartsWith("These topics must have the same number of partitions but have recommender.view.v1 4, recommender.like.v1 8", line, StringComparison.Ordinal);
    }
}
