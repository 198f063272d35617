using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Standalone.Embedded;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Features;

/// <summary>The only broker goes, and one of the same number comes at another address with a log of its own, as the Kafka of one machine does at each start.</summary>
public sealed class MovedBrokerTests : IAsyncLifetime
{
    private readonly FeaturesFixture _fixture = new();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task All_events_are_absorbed_after_the_broker_has_come_back_at_another_address(bool isLongGone)
    {
        var before = Broker();
        var door = Open(before, 0);
        await using var service = await _fixture.StartAsync($"Kafka:BootstrapServers=127.0.0.1:{door.Port}", "Kafka:LogIdentity=");
        await SendAsync(before, ["a", "b", "c"]);
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("u")).Likes == 3, "it absorbs");

        await door.DisposeAsync();
        before.Dispose();
        var health = service.App.Services.GetRequiredService<KafkaHealth>();
        if (isLongGone) await Eventually.TrueAsync(() => health.State == KafkaState.Unreachable, "the service has noticed");
        using var after = Broker();
        // More than was read of the log before: who goes on where that ended misses the first ones.
        await SendAsync(after, ["c", "d", "e", "f", "g"]);
        await using var again = Open(after, door.Port);
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("u")).Likes == 7, "it has them all");
        await Eventually.TrueAsync(async () => !new[] { "a", "b", "c", "d", "e", "f", "g" }.Except(await _fixture.ArchivedEventIdsAsync()).Any(), "both logs are archived");
    }

    [Fact]
    public async Task What_waits_in_memory_is_written_although_its_log_is_gone()
    {
        // Each event has to read its viewer through a slow connection, so that there is more to read for seconds.
        await using var slow = new SlowProxy(_fixture.Redis.Server.Port, TimeSpan.FromMilliseconds(100));
        var before = Broker();
        var door = Open(before, 0);
        await SendAsync(before, [.. Enumerable.Range(0, 40).Select(i => $"w{i}")], user: "u-{0}");
        await using var service = await _fixture.StartAsync(
            $"Kafka:BootstrapServers=127.0.0.1:{door.Port}", "Kafka:LogIdentity=", $"Redis:Endpoints={slow.Endpoint}", "Features:RedisTimeout=00:00:30", "Redis:ConnectTimeout=00:00:30",
            "Features:MaxBatch=1", "Features:WriteDelay=00:00:10", "Archive:FlushInterval=00:00:00.100");
        await Eventually.TrueAsync(async () => (await _fixture.ArchivedEventIdsAsync()).Count > 0, "it absorbs");

        await door.DisposeAsync();
        before.Dispose();
        using var after = Broker();
        await SendAsync(after, ["z"], user: "u-{0}");
        await using var again = Open(after, door.Port);
        await Eventually.TrueAsync(async () => (await _fixture.ArchivedEventIdsAsync()).Contains("z"), "it goes on");
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("u-z")).Likes == 1);
        foreach (var id in await _fixture.ArchivedEventIdsAsync()) Assert.Equal((id, 1), (id, (await _fixture.ViewerAsync($"u-{id}")).Likes));
    }

    private static EmbeddedKafkaFixture Broker()
    {
        var kafka = new EmbeddedKafkaFixture();
        kafka.CreateProductTopics(FeaturesFixture.Partitions);
        return kafka;
    }

    private static BootstrapForwarder Open(EmbeddedKafkaFixture kafka, int port)
    {
        var door = new BootstrapForwarder(port, kafka.Broker.EndPoint);
        door.Begin();
        return door;
    }

    private static async Task SendAsync(EmbeddedKafkaFixture kafka, string[] ids, string user = "u")
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = kafka.Bootstrap }).Build();
        var now = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow());
        foreach (var id in ids)
        {
            var e = FeaturesFixture.Event(id, EventType.Like, string.Format(CultureInfo.InvariantCulture, user, id), "v");
            await producer.ProduceAsync(
                Topics.Like, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(e.UserId), Value = EventJson.Serialize(e, now) }, TestContext.Current.CancellationToken);
        }
    }
}
