using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Kafka;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Integration.GrpcRuntime;

namespace Recommender.Tests.Integration.Kafka;

public sealed class KafkaHealthTests
{
    [Fact]
    public async Task A_broker_that_is_away_is_not_hammered_with_connections()
    {
        using var logs = new LogRecords();
        using var loggers = LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Debug).AddProvider(logs));
        var kafka = new EmbeddedKafkaFixture();
        await using var health = new KafkaHealth(kafka.Options with { Settings = "debug=broker" }, TimeProvider.System, loggers.CreateLogger<KafkaHealth>());
        await Eventually.TrueAsync(() => health.State == KafkaState.Reachable);
        var (before, begin) = (Connections(), TimeProvider.System.GetTimestamp());

        kafka.Dispose();
        await Eventually.TrueAsync(() => health.State == KafkaState.Unreachable);
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);

        // The client tries once in 25 milliseconds while it is asked. Without a pause it would be thousands a second.
        Assert.InRange((Connections() - before) / TimeProvider.System.GetElapsedTime(begin).TotalSeconds, 0, 200);
        Assert.Equal(0, health.Outages);

        int Connections() => logs.All.Count(line => line.Text.Contains("Connecting to", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Asking_creates_no_topic_and_an_outage_counts_when_it_is_over()
    {
        using var kafka = new EmbeddedKafkaFixture();
        await using var health = new KafkaHealth(kafka.Options, TimeProvider.System, NullLogger<KafkaHealth>.Instance);
        await Eventually.TrueAsync(() => health.State == KafkaState.Reachable);
        kafka.Broker.SetDown();
        health.Doubt();
        await Eventually.TrueAsync(() => health.State == KafkaState.Unreachable);
        kafka.Broker.SetUp();
        await Eventually.TrueAsync(() => health.State == KafkaState.Reachable);

        Assert.Equal(1, health.Outages);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.Bootstrap }).Build();
        Assert.Empty(admin.GetMetadata(TimeSpan.FromSeconds(30)).Topics);
    }
}
