using Recommender.Hosting.Online;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Features;

/// <summary>A slow Redis slows the reading; nothing is lost by that, and nothing gives up.</summary>
public sealed class BackpressureTests : IAsyncLifetime
{
    private readonly FeaturesFixture _fixture = new();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task With_a_slow_redis_records_stay_in_the_log_until_their_turn_and_each_counts_once()
    {
        await using var slow = new SlowProxy(_fixture.Redis.Server.Port, TimeSpan.FromMilliseconds(100));
        var audience = new Audience(_fixture, 5);
        await using var service = await _fixture.StartAsync($"Redis:Endpoints={slow.Endpoint}", "Features:RedisTimeout=00:00:30", "Redis:ConnectTimeout=00:00:30", "Features:MaxBatch=200", "Features:WriteDelay=00:00:00", "Kafka:MaxPrefetchMegabytes=1");
        await audience.SendAsync(1);
        await audience.AssertCountedOnceAsync(); // it reads
        slow.Delay = TimeSpan.FromSeconds(1);
        await audience.SendAsync(2000);

        // Ten batches of several round trips of two seconds each cannot be done by now, but some of them can.
        var absorbed = 0L;
        await Eventually.TrueAsync(async () => (absorbed = await AbsorbedAsync()) > 1, "it begins");
        Assert.InRange(absorbed, 2, 2000);

        slow.Delay = TimeSpan.FromMilliseconds(20);
        await audience.AssertCountedOnceAsync();
        await audience.AssertArchivedAsync(2001);
    }

    private async Task<long> AbsorbedAsync()
    {
        var sum = 0L;
        for (var p = 0; p < FeaturesFixture.Partitions; p++)
        {
            var marks = LogWatermarks.Decode(await _fixture.Redis.Client.GetAsync(OnlineKeys.Partition(p), TestContext.Current.CancellationToken));
            sum += Contracts.Topics.Events.Sum(t => marks.Next(StableHash.Of(FeaturesFixture.Log), TopicNumbers.Of(t), p));
        }
        return sum;
    }
}
