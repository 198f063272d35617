using Recommender.Hosting.Kafka;
using Recommender.Standalone.Embedded;

namespace Recommender.Tests.Fixtures;

/// <summary>A broker of its own for a test class, on a port that the system chose; gone at the end.</summary>
public sealed class EmbeddedKafkaFixture : IDisposable
{
    private int _topics;

    /// <summary>The broker.</summary>
    public EmbeddedKafka Broker { get; } = new();

    /// <summary><c>127.0.0.1:port</c>.</summary>
    public string Bootstrap => Broker.Bootstrap;

    /// <summary>Options that lead to the broker, with waits that suit tests.</summary>
    public KafkaOptions Options => new()
    {
        BootstrapServers = Bootstrap,
        FetchWait = TimeSpan.FromMilliseconds(5),
        SessionTimeout = TimeSpan.FromSeconds(6),
        GroupInstanceId = "",
    };

    /// <summary>Creates a topic that no other test uses.</summary>
    public string NewTopic(int partitions = 8, string prefix = "test")
    {
        var name = $"{prefix}.{Interlocked.Increment(ref _topics)}";
        Broker.CreateTopic(name, partitions);
        return name;
    }

    /// <summary>Creates every topic of the product with the same number of partitions.</summary>
    public void CreateProductTopics(int partitions = 8)
    {
        foreach (var topic in ProductTopics.Specs(Options with { Partitions = partitions }))
            Broker.CreateTopic(topic.Name, topic.Partitions);
    }

    /// <inheritdoc/>
    public void Dispose() => Broker.Dispose();
}
