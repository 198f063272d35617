using Google.Protobuf.WellKnownTypes;
using Recommender.Hosting.Privacy;
using Recommender.Ingestion;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Features;

/// <summary>From the door to what features.proto shows, with viewers under pseudonyms.</summary>
public sealed class DoorToFeaturesTests : IAsyncLifetime
{
    private static readonly string s_key = Convert.ToBase64String(Enumerable.Repeat((byte)9, 32).ToArray());
    private readonly FeaturesFixture _fixture = new();
    private RunningService? _door;
    private RunningService? _features;

    public async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        _features = await _fixture.StartAsync($"Pseudonyms:Key={s_key}");
        _door = await RunningService.StartAsync(
            "ingestion", b => b.AddIngestion(), a => a.MapIngestion(), $"Kafka:BootstrapServers={_fixture.Kafka.Bootstrap}",
            $"Kafka:Partitions={FeaturesFixture.Partitions}", $"Kafka:LogIdentity={FeaturesFixture.Log}", $"Redis:Endpoints={_fixture.Redis.Server.Endpoint}", "Redis:Timeout=00:00:20",
            $"Pseudonyms:Key={s_key}");
    }

    public async ValueTask DisposeAsync()
    {
        await _door!.DisposeAsync();
        await _features!.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task What_a_viewer_takes_back_refuses_and_follows_shows_at_once()
    {
        await TrackAsync(("l", EventType.Like, "v"), ("n", EventType.NotInterested, "bad"), ("f", EventType.Follow, "w"));
        await Eventually.TrueAsync(async () => (await UserAsync()).Recent.Count == 3);
        Assert.Equal(1, (await UserAsync()).Likes);
        Assert.Equal([EventType.Like, EventType.NotInterested, EventType.Follow], (await UserAsync()).Recent.Select(r => r.Type).Order());
        await TrackAsync(("u", EventType.Unlike, "v"));
        await Eventually.TrueAsync(async () => (await UserAsync()).Likes == 0);
        Assert.Equal(0, (await new FeatureService.FeatureServiceClient(_features!.Channel).GetVideoFeaturesAsync(new GetVideoFeaturesRequest { VideoId = "v" })).Likes);
    }

    [Fact]
    public async Task Late_events_are_placed_by_when_they_happened()
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var (id, ago) in new[] { ("b", 20), ("d", 5), ("a", 90_000), ("c", 10) })
            await TrackAsync((id, EventType.View, id, now - TimeSpan.FromSeconds(ago)));
        await Eventually.TrueAsync(async () => (await UserAsync()).Recent.Count == 4);
        var user = await UserAsync();
        Assert.Equal(["d", "c", "b", "a"], user.Recent.Select(r => r.VideoId));
        Assert.Equal((now - TimeSpan.FromSeconds(5)).ToUnixTimeMilliseconds(), user.LastSeenAt.ToDateTimeOffset().ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task Of_mutes_and_follows_in_any_order_the_last_that_happened_counts_and_forgetting_takes_them_along()
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var (id, type, author, ago) in new[]
        {
            ("1", EventType.MuteAuthor, "ann", 50), ("2", EventType.UnmuteAuthor, "bob", 10), ("3", EventType.MuteAuthor, "bob", 20), // arrives late
            ("4", EventType.MuteAuthor, "cyd", 40), ("4", EventType.UnmuteAuthor, "cyd", 5), // a retry, whatever else it says
            ("6", EventType.UnfollowAuthor, "dan", 10), ("7", EventType.FollowAuthor, "dan", 20), ("8", EventType.FollowAuthor, "eve", 30), ("9", EventType.FollowAuthor, "fay", 15),
        })
        {
            await TrackAsync(new Event
            {
                EventId = id, Type = type, UserId = "Ann Smith", AuthorId = author, OccurredAt = Timestamp.FromDateTimeOffset(now - TimeSpan.FromSeconds(ago)),
            });
        }
        await TrackAsync(("5", EventType.Like, "v"));
        await _fixture.WaitUntilAbsorbedAsync();
        var user = await UserAsync();
        Assert.Equal(["cyd", "ann"], user.MutedAuthorIds);
        Assert.Equal(["fay", "eve"], user.FollowedAuthorIds);
        Assert.Equal("v", Assert.Single(user.Recent).VideoId);
        await new PrivacyService.PrivacyServiceClient(_door!.Channel).ForgetUserAsync(new ForgetUserRequest { UserId = "Ann Smith" });
        await Eventually.TrueAsync(async () => await UserAsync() is { MutedAuthorIds.Count: 0, FollowedAuthorIds.Count: 0, Recent.Count: 0 });
    }

    [Fact]
    public async Task A_viewer_is_found_under_the_own_id_and_forgotten_and_redis_never_hears_that_id()
    {
        await TrackAsync(("1", EventType.View, "v"));
        await Eventually.TrueAsync(async () => (await UserAsync()).Views == 1);
        Assert.Equal("Ann Smith", (await UserAsync()).UserId);
        Assert.Equal(1, (await _fixture.ViewerAsync(new UserIds(new PseudonymOptions { Key = s_key }).NameOf("Ann Smith"))).Views);
        await foreach (var key in _fixture.Redis.Client.ScanKeysAsync("*")) Assert.DoesNotContain("Ann", System.Text.Encoding.UTF8.GetString(key), StringComparison.Ordinal);

        await new PrivacyService.PrivacyServiceClient(_door!.Channel).ForgetUserAsync(new ForgetUserRequest { UserId = "Ann Smith" });
        await Eventually.TrueAsync(async () => await UserAsync() is { Views: 0, Recent.Count: 0 });
        await TrackAsync(("2", EventType.Like, "v"));
        await Eventually.TrueAsync(async () => await UserAsync() is { Views: 0, Likes: 1 });
    }

    private async Task TrackAsync(params (string Id, EventType Type, string Video)[] events)
    {
        foreach (var (id, type, video) in events) await TrackAsync((id, type, video, TimeProvider.System.GetUtcNow()));
    }

    private Task TrackAsync((string Id, EventType Type, string Video, DateTimeOffset At) e) =>
        TrackAsync(new Event { EventId = e.Id, Type = e.Type, UserId = "Ann Smith", VideoId = e.Video, OccurredAt = Timestamp.FromDateTimeOffset(e.At) });

    private async Task TrackAsync(Event e) =>
        await new IngestionService.IngestionServiceClient(_door!.Channel).TrackEventAsync(new TrackEventRequest { Event = e });

    private async Task<UserFeatures> UserAsync() =>
        await new FeatureService.FeatureServiceClient(_features!.Channel).GetUserFeaturesAsync(new GetUserFeaturesRequest { UserId = "Ann Smith" });
}
