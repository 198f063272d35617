using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Kafka;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Integration.GrpcRuntime;

namespace Recommender.Tests.Integration.Kafka;

public sealed class LogIdentityTests : IDisposable
{
    private readonly EmbeddedKafkaFixture _kafka = new();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task The_same_topic_of_the_same_cluster_keeps_its_identity()
    {
        _kafka.Broker.CreateTopic("a", 8);
        _kafka.Broker.CreateTopic("b", 8);

        var first = await ResolveAsync(_kafka.Options);
        var second = await ResolveAsync(_kafka.Options);

        Assert.Equal(first.Of("a"), second.Of("a"));
        Assert.NotEqual(first.Of("a"), first.Of("b"));
        Assert.Matches("^[0-9a-f]{16}$", first.Of("a"));
    }

    [Fact]
    public async Task A_topic_that_is_recreated_gets_another_identity_and_the_others_keep_theirs()
    {
        _kafka.Broker.CreateTopic("a", 8);
        _kafka.Broker.CreateTopic("b", 8);
        var before = await ResolveAsync(_kafka.Options);

        _kafka.Broker.DeleteTopic("a");
        _kafka.Broker.CreateTopic("a", 8);
        var after = await ResolveAsync(_kafka.Options);

        Assert.NotEqual(before.Of("a"), after.Of("a"));
        Assert.Equal(before.Of("b"), after.Of("b"));
    }

    [Fact]
    public async Task Another_cluster_has_another_identity()
    {
        using var other = new EmbeddedKafkaFixture();
        foreach (var broker in new[] { _kafka.Broker, other.Broker })
        {
            broker.CreateTopic("a", 8);
            broker.CreateTopic("b", 8);
        }

        Assert.NotEqual((await ResolveAsync(_kafka.Options)).Of("a"), (await ResolveAsync(other.Options)).Of("a"));
    }

    [Fact]
    public async Task The_option_wins_and_needs_no_cluster()
    {
        _kafka.Broker.SetDown();

        var identity = await ResolveAsync(_kafka.Options with { LogIdentity = "generation-7" });

        Assert.Equal("generation-7", identity.Of("a"));
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_waited_for()
    {
        _kafka.Broker.CreateTopic("a", 8);
        _kafka.Broker.CreateTopic("b", 8);
        _kafka.Broker.SetDown();
        using var logs = new LogRecords();
        var options = _kafka.Options with { RetryDelay = TimeSpan.FromMilliseconds(50) };
        var waiting = LogIdentity.ResolveAsync(options, ["a", "b"], TimeProvider.System, logs, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => waiting.IsCompleted || logs.All.Any(r => r.Text.Contains("not known", StringComparison.Ordinal)), "it has asked in vain");
        _kafka.Broker.SetUp();

        Assert.NotEmpty((await waiting).Of("a"));
    }

    private static Task<LogIdentity> ResolveAsync(KafkaOptions options) =>
        LogIdentity.ResolveAsync(options, ["a", "b"], TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken);
}
