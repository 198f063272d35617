using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Kafka;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Integration.GrpcRuntime;

namespace Recommender.Tests.Integration.Kafka;

public sealed class KafkaTopicsTests : IDisposable
{
    private readonly EmbeddedKafkaFixture _kafka = new();
    private readonly KafkaTopics _topics;

    public KafkaTopicsTests() =>
        _topics = new KafkaTopics(_kafka.Options with { RetryDelay = TimeSpan.FromMilliseconds(50) }, TimeProvider.System, NullLogger<KafkaTopics>.Instance);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task Topics_that_exist_are_left_as_they_are()
    {
        _kafka.Broker.CreateTopic("a", 8);
        _kafka.Broker.CreateTopic("b", 5);

        var partitions = await _topics.EnsureAsync([new TopicSpec("a", 8), new TopicSpec("b", 8, IsCompacted: true)], Cancelled);

        Assert.Equal(8, partitions["a"]);
        Assert.Equal(5, partitions["b"]);
    }

    [Fact]
    public async Task Topics_that_must_agree_but_do_not_are_named()
    {
        _kafka.Broker.CreateTopic("a", 8);
        _kafka.Broker.CreateTopic("b", 5);
        TopicSpec[] specs = [new("a", 8) { CoPartitionedAs = "events" }, new("b", 8) { CoPartitionedAs = "events" }];

        var error = await Assert.ThrowsAsync<TopicMismatchException>(() => _topics.EnsureAsync(specs, Cancelled));

        Assert.Contains("a 8, b 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Topics_that_agree_with_each_other_but_not_with_the_options_are_taken()
    {
        _kafka.Broker.CreateTopic("a", 5);
        _kafka.Broker.CreateTopic("b", 5);
        TopicSpec[] specs = [new("a", 8) { CoPartitionedAs = "events" }, new("b", 8) { CoPartitionedAs = "events" }];

        Assert.Equal(5, (await _topics.EnsureAsync(specs, Cancelled))["a"]);
    }

    [Fact]
    public async Task A_topic_that_is_missing_and_can_not_be_created_is_named_and_not_made_by_accident()
    {
        var error = await Assert.ThrowsAsync<KafkaUnavailableException>(() => _topics.EnsureAsync([new TopicSpec("missing.v1", 8)], Cancelled));

        Assert.Contains("missing.v1", error.Message, StringComparison.Ordinal);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _kafka.Bootstrap }).Build();
        Assert.Empty(admin.GetMetadata(TimeSpan.FromSeconds(30)).Topics);
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_asked_again_until_it_does()
    {
        _kafka.Broker.CreateTopic("a", 8);
        _kafka.Broker.SetDown();
        using var logs = new LogRecords();
        var topics = new KafkaTopics(_kafka.Options with { RetryDelay = TimeSpan.FromMilliseconds(50) }, TimeProvider.System, new LoggerFactory([logs]).CreateLogger<KafkaTopics>());
        var waiting = topics.EnsureWhenReachableAsync([new TopicSpec("a", 8)], Cancelled);
        await Eventually.TrueAsync(() => waiting.IsCompleted || logs.All.Any(r => r.Text.Contains("could not be checked yet", StringComparison.Ordinal)), "it has asked in vain");
        _kafka.Broker.SetUp();

        Assert.Equal(8, (await waiting)["a"]);
    }
}
