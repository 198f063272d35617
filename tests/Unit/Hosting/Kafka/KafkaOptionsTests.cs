using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Kafka;

namespace Recommender.Tests.Unit.Hosting.Kafka;

public sealed class KafkaOptionsTests
{
    public static TheoryData<KafkaOptions, string> Wrong => new()
    {
        { new KafkaOptions { BootstrapServers = " " }, "Kafka:BootstrapServers" },
        { new KafkaOptions { Partitions = 0 }, "Kafka:Partitions" },
        { new KafkaOptions { ReplicationFactor = 10 }, "Kafka:ReplicationFactor" },
        { new KafkaOptions { Retention = TimeSpan.FromSeconds(1) }, "Kafka:Retention" },
        { new KafkaOptions { DeliveryTimeout = TimeSpan.Zero }, "Kafka:DeliveryTimeout" },
        { new KafkaOptions { RetryDelay = TimeSpan.Zero }, "Kafka:RetryDelay" },
        { new KafkaOptions { MaxInFlight = 0 }, "Kafka:MaxInFlight" },
        { new KafkaOptions { MaxInFlightMegabytes = 0 }, "Kafka:MaxInFlightMegabytes" },
        { new KafkaOptions { Linger = TimeSpan.FromSeconds(2) }, "Kafka:Linger" },
        { new KafkaOptions { Compression = "zip" }, "Kafka:Compression" },
        { new KafkaOptions { FetchWait = TimeSpan.Zero }, "Kafka:FetchWait" },
        { new KafkaOptions { MaxPrefetchMegabytes = 0 }, "Kafka:MaxPrefetchMegabytes" },
        { new KafkaOptions { SessionTimeout = TimeSpan.Zero }, "Kafka:SessionTimeout" },
        { new KafkaOptions { GroupInstanceId = "a b" }, "Kafka:GroupInstanceId" },
        { new KafkaOptions { SecurityProtocol = "tls" }, "Kafka:SecurityProtocol" },
        { new KafkaOptions { SaslMechanism = "MD5" }, "Kafka:SaslMechanism" },
        { new KafkaOptions { LogIdentity = "a/b" }, "Kafka:LogIdentity" },
        { new KafkaOptions { LogIdentity = new string('a', 65) }, "Kafka:LogIdentity" },
        { new KafkaOptions { Settings = "socket.timeout.ms" }, "Kafka:Settings" },
        { new KafkaOptions { Settings = "socket.timeout.ms=1000; acks=1" }, "Kafka:Settings" },
        { new KafkaOptions { Settings = "partition.assignment.strategy=roundrobin" }, "Kafka:Settings" },
    };

    [Fact]
    public void The_defaults_are_valid() => new KafkaOptions().Validate(new OptionsCheck(KafkaOptions.Section));

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void A_wrong_value_is_named(KafkaOptions options, string key)
    {
        var error = Assert.Throws<OptionsException>(() => options.Validate(new OptionsCheck(KafkaOptions.Section)));

        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_consumer_commits_nothing_by_itself_and_starts_at_the_beginning()
    {
        var config = KafkaConfigs.Consumer(new KafkaOptions(), "g");

        Assert.False(config.EnableAutoCommit);
        Assert.False(config.EnableAutoOffsetStore);
        Assert.Equal(AutoOffsetReset.Earliest, config.AutoOffsetReset);
        Assert.Equal(PartitionAssignmentStrategy.Range, config.PartitionAssignmentStrategy);
        Assert.Equal("features-0", KafkaConfigs.Consumer(new KafkaOptions { GroupInstanceId = "features-0" }, "g").GroupInstanceId);
    }

    [Theory]
    [InlineData("auto", "recommender-features-0", "recommender-features-0")]
    [InlineData("auto", "features-12", "features-12")]
    [InlineData("auto", "recommender-features-5d8f9c-x7k2p", null)]
    [InlineData("auto", "features-", null)]
    [InlineData("auto", "laptop", null)]
    [InlineData("auto", "17", null)]
    [InlineData("", "features-0", null)]
    [InlineData("west", "features-0", "west")]
    public void A_member_is_static_where_its_name_will_come_back(string setting, string host, string? expected) =>
        Assert.Equal(expected, KafkaConfigs.InstanceId(new KafkaOptions { GroupInstanceId = setting }, host));

    [Fact]
    public void Topics_are_created_with_the_partitions_replicas_and_retention_of_the_options()
    {
        var options = new KafkaOptions { Partitions = 24, ReplicationFactor = 3, Retention = TimeSpan.FromDays(3) };

        var topics = ProductTopics.Specs(options).ToDictionary(s => s.Name, s => KafkaTopics.ToSpecification(s, options));

        Assert.All(topics.Values, t => Assert.Equal(3, t.ReplicationFactor));
        Assert.All(topics, t => Assert.Equal(t.Key == Topics.Model ? 1 : 24, t.Value.NumPartitions));
        Assert.All(Topics.KeyedByUser.Append(Topics.Rejected), t => Assert.Equal("259200000", topics[t].Configs["retention.ms"]));
        Assert.All([Topics.Catalog, Topics.Model], t => Assert.Equal([KeyValuePair.Create("cleanup.policy", "compact")], topics[t].Configs));
        Assert.Null(ProductTopics.Specs(new KafkaOptions()).Single(s => s.Name == Topics.View).Retention); // as the cluster's default says
    }

    [Fact]
    public void Security_and_further_settings_reach_every_client()
    {
        var options = new KafkaOptions
        {
            SecurityProtocol = "SASL_SSL",
            SaslMechanism = "SCRAM-SHA-512",
            SaslUsername = "u",
            SaslPassword = "p=",
            SslCaLocation = "/ca.pem",
            Settings = "socket.timeout.ms = 1234; client.rack=a=b",
        };

        Assert.All((ClientConfig[])[KafkaConfigs.Consumer(options, "g"), KafkaConfigs.Producer(options), KafkaConfigs.Admin(options)], AssertSecured);
    }

    private static void AssertSecured(ClientConfig config)
    {
        Assert.Equal(SecurityProtocol.SaslSsl, config.SecurityProtocol);
        Assert.Equal(SaslMechanism.ScramSha512, config.SaslMechanism);
        Assert.Equal("u", config.SaslUsername);
        Assert.Equal("p=", config.SaslPassword);
        Assert.Equal("/ca.pem", config.SslCaLocation);
        Assert.Equal(1234, config.SocketTimeoutMs);
        Assert.Equal("a=b", config.ClientRack);
    }
}
