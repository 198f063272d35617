using Grpc.Core;
using Recommender.Hosting.Online;
using Recommender.Hosting.Redis;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using static Recommender.Tests.Integration.Features.FeaturesFixture;

namespace Recommender.Tests.Integration.Features;

/// <summary>Redis or Kafka goes away; Redis comes back as it was, or as it was a while ago.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private readonly FeaturesFixture _fixture = new();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task While_redis_is_away_reading_pauses_and_nothing_is_lost()
    {
        var audience = new Audience(_fixture, 1);
        await using var service = await _fixture.StartAsync();
        await audience.SendAsync(1000);
        await audience.AssertCountedOnceAsync();
        await _fixture.Redis.Server.KillAsync();
        await audience.SendAsync(3000);
        using var http = new HttpClient();
        await Eventually.TrueAsync(async () => (int)(await http.GetAsync(service.HttpAddress + "/readyz")).StatusCode == 503);
        await _fixture.Redis.Server.StartAgainAsync();
        await audience.AssertCountedOnceAsync();
        await audience.AssertArchivedAsync(4000);
        await Eventually.TrueAsync(async () => (await http.GetAsync(service.HttpAddress + "/readyz")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Killed_in_the_middle_of_the_stream_it_gets_each_event_once()
    {
        var audience = new Audience(_fixture, 2);
        await using var service = await _fixture.StartAsync("Features:MaxBatch=100");
        for (var life = 0; life < 3; life++)
        {
            var before = await MarksAsync();
            var sending = audience.SendAsync(4000);
            await Eventually.TrueAsync(async () => await MarksAsync() != before, "some of it is absorbed");
            await _fixture.Redis.Server.KillAsync();
            await _fixture.Redis.Server.StartAgainAsync();
            await sending;
        }
        await audience.AssertCountedOnceAsync();
        await audience.AssertArchivedAsync(12_000);

        async Task<string> MarksAsync() => Convert.ToHexString(
            await Eventually.SucceedsAsync<byte[]?, RedisUnavailableException>(() => _fixture.Redis.Client.GetAsync(OnlineKeys.Partition(0))) ?? []);
    }

    [Fact]
    public async Task When_it_comes_back_as_it_was_a_while_ago_the_log_brings_it_back()
    {
        var audience = new Audience(_fixture, 3);
        await using var service = await _fixture.StartAsync("Features:MaxBatch=100");
        await audience.SendAsync(3000);
        await audience.AssertCountedOnceAsync();
        foreach (var share in new[] { 0.9, 0.5, 0.1 })
        {
            await _fixture.Redis.Server.KillAsync();
            CutAppendOnlyFile(share);
            await _fixture.Redis.Server.StartAgainAsync();
            await audience.SendAsync(500);
            await audience.AssertCountedOnceAsync();
        }
        await audience.AssertArchivedAsync(4500);
    }

    [Fact]
    public async Task When_kafka_goes_away_and_comes_back_reading_goes_on()
    {
        var audience = new Audience(_fixture, 4);
        await using var service = await _fixture.StartAsync();
        await _fixture.SendAsync(Event("first", EventType.Like, "reader", "v"));
        await Eventually.TrueAsync(async () => await _fixture.Redis.Client.GetAsync(OnlineKeys.Viewer("reader")) is not null); // it reads when Kafka goes away
        for (var outage = 0; outage < 3; outage++)
        {
            await audience.SendAsync(1000);
            _fixture.Kafka.Broker.SetDown();
            await Task.Delay(500, TestContext.Current.CancellationToken); // long enough for the connections to break
            _fixture.Kafka.Broker.SetUp();
            await Eventually.SucceedsAsync<bool, Xunit.Sdk.XunitException>(async () =>
            {
                await _fixture.SendAsync(Event($"o{outage}", EventType.Like, "oda", "v"));
                return true;
            });
        }
        await audience.AssertCountedOnceAsync();
        Assert.Equal(3, (await _fixture.ViewerAsync("oda")).Likes);
    }

    [Fact]
    public async Task Without_redis_features_are_unavailable_with_a_delay()
    {
        await using var service = await _fixture.StartAsync("Redis:Timeout=00:00:00.3");
        var client = new FeatureService.FeatureServiceClient(service.Channel);
        await Eventually.SucceedsAsync<UserFeatures, RpcException>(async () => await client.GetUserFeaturesAsync(new GetUserFeaturesRequest { UserId = "u" }));
        await _fixture.Redis.Server.KillAsync();
        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.GetUserFeaturesAsync(new GetUserFeaturesRequest { UserId = "u" }));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        var status = Google.Rpc.Status.Parser.ParseFrom(error.Trailers.Single(t => t.Key == "grpc-status-details-bin").ValueBytes);
        Assert.True(status.Details[0].Unpack<Google.Rpc.RetryInfo>().RetryDelay.ToTimeSpan() > TimeSpan.Zero);
    }

    /// <summary>Leaves the first part of the file, as a power cut would. Redis cuts off a command that is there by half.</summary>
    private void CutAppendOnlyFile(double share)
    {
        var file = Directory.EnumerateFiles(_fixture.Redis.DirectoryPath, "*.incr.aof", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        using var stream = File.Open(file, FileMode.Open);
        stream.SetLength((long)(stream.Length * share));
    }
}
