using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Recommender.Contracts;
using Recommender.Hosting.Kafka;
using Recommender.Standalone.Embedded;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Serving.OnDemand;

/// <summary>The only broker goes, and one of the same number comes at another address, as the Kafka of one machine does at each start.</summary>
public sealed class MovedBrokerTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    [Fact]
    public async Task Requests_are_answered_again_after_the_broker_has_come_back_at_another_address()
    {
        var before = Broker();
        var door = Open(before, 0);
        await using var replica = await serving.StartAsync($"Kafka:BootstrapServers=127.0.0.1:{door.Port}", "Kafka:SessionTimeout=00:00:06", "OnDemand:Enabled=true");
        await IsAnsweredAsync(before, "before");

        await door.DisposeAsync();
        before.Dispose();
        var health = replica.App.Services.GetRequiredService<KafkaHealth>();
        await Eventually.TrueAsync(() => health.State == KafkaState.Unreachable, "the replica has noticed");
        using var after = Broker();
        await using var again = Open(after, door.Port);

        await IsAnsweredAsync(after, "after");
    }

    private static EmbeddedKafkaFixture Broker()
    {
        var kafka = new EmbeddedKafkaFixture();
        kafka.CreateProductTopics();
        return kafka;
    }

    private static BootstrapForwarder Open(EmbeddedKafkaFixture kafka, int port)
    {
        var door = new BootstrapForwarder(port, kafka.Broker.EndPoint);
        door.Begin();
        return door;
    }

    private static async Task IsAnsweredAsync(EmbeddedKafkaFixture kafka, string request)
    {
        using (var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = kafka.Bootstrap }).Build())
            await producer.ProduceAsync(Topics.Request, new Message<string, string> { Key = "u", Value = $$"""{"request_id":"{{request}}","user_id":"u","count":3}""" }, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(
            () => LogReader.ReadToEnd(kafka.Bootstrap, Topics.Response).Exists(r => Encoding.UTF8.GetString(r.Headers.GetLastBytes(CloudEventHeaders.Id)) == request), request + " is answered");
    }
}
