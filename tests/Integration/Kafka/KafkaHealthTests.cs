using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Kafka;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Integration.GrpcRuntime;
using Recommender.Tests.Shared;

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
    public async Task A_broker_that_refuses_who_asks_is_told_with_its_reason_once()
    {
        using var logs = new LogRecords();
        using var loggers = LoggerFactory.Create(b => b.AddProvider(logs));
        await using var broker = new RefusingBroker();
        var options = new KafkaOptions
        {
            BootstrapServers = broker.Address, SecurityProtocol = "sasl_plaintext", SaslMechanism = "PLAIN", SaslUsername = "u", SaslPassword = "s3cret",
        };
        await using var health = new KafkaHealth(options, TimeProvider.System, loggers.CreateLogger<KafkaHealth>());
        await Eventually.TrueAsync(() => broker.Refused >= 5);
        await Eventually.TrueAsync(() => Told().Count > 0);
        Assert.Contains("SCRAM-SHA-512", Assert.Single(Told()), StringComparison.Ordinal);
        Assert.DoesNotContain(logs.All, line => line.Text.Contains("s3cret", StringComparison.Ordinal));

        List<string> Told() => [.. logs.All.Select(line => line.Text).Where(text => text.Contains("as it is configured", StringComparison.Ordinal))];
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
