using Recommender.Hosting.Online;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using Recommender.Training.Rebuilding;
using Recommender.V1;

namespace Recommender.Tests.Integration.Training;

/// <summary>Skips and "not interested" in the archive are learned from.</summary>
public sealed class DislikeTests(EmbeddedKafkaFixture kafka, RedisFixture redis) : TrainingTest(kafka, redis)
{
    private const string DislikeFile = "dislike_factors.npy";

    // Each viewer rejects videos of another taste.
    private static IEnumerable<Event> Events()
    {
        var random = new Random(3);
        var liked = TestEvents.Tastes(viewers: 120, videos: 80).ToArray();
        var watched = liked.Select(e => (e.UserId, e.VideoId)).ToHashSet();
        foreach (var e in liked) yield return e;
        for (var viewer = 0; viewer < 120; viewer++)
        {
            for (var n = 0; n < 8; n++)
            {
                var (user, video) = ($"viewer-{viewer:D4}", $"video-{(random.Next(20) * 4) + ((viewer + 1) % 4):D4}");
                if (watched.Contains((user, video))) continue;
                yield return TestEvents.One(user, video, random.Next(1_000_000), n % 2 == 0 ? EventType.Skip : EventType.NotInterested);
            }
        }
    }

    [Fact]
    public async Task A_run_learns_from_dislikes_unless_told_not_to()
    {
        Archive.AddEvents(Events());
        var host = await StartAsync("Training:Candidates=ials");
        var learned = await host.SucceedAsync();
        Assert.True(host.Store.Find(learned.ModelVersion)!.HasDislikes);
        var off = await host.RunAsync(new StartTrainingRunRequest { Trainer = "ials", Parameters = { ["negatives"] = "off" } });
        Assert.False(host.Store.Find(off[^1].ModelVersion)!.HasDislikes);
    }

    [Fact]
    public async Task A_scheduled_run_goes_on_with_what_dislikes_said_and_can_be_made_again()
    {
        Archive.AddEvents(Events());
        var host = await StartAsync("Training:Candidates=ials");
        var live = (await host.SucceedAsync()).ModelVersion;
        var next = host.Store.Find((await host.RunScheduledAsync()).ModelVersion)!;
        Assert.Equal(host.Store.Sha256(live, DislikeFile), next.StartedFrom!.DislikesSha256);
        var rebuilt = await ModelRebuild.RunAsync(
            host.Store.FolderOf(next.Version), Path.Combine(Folder, "archive"), modelsPath: null, outPath: null, _ => { }, Token);
        Assert.Contains(rebuilt.Files, f => f.Name == DislikeFile);
        Assert.All(rebuilt.Files, f => Assert.Equal(f.Expected, f.Actual));
    }

    [Fact]
    public async Task Lists_that_a_stored_model_writes_again_are_those_of_its_training()
    {
        Archive.AddEvents(Events());
        var host = await StartAsync("Training:Candidates=ials");
        var first = (await host.SucceedAsync()).ModelVersion;
        var before = await ListAsync();
        var other = (await host.SucceedAsync(promote: false, trainer: "popularity")).ModelVersion;
        await host.Models.PromoteModelAsync(new PromoteModelRequest { Version = other }, cancellationToken: Token);
        await Eventually.TrueAsync(async () => (await ListAsync()).ModelVersion == other);
        await host.Models.RollbackModelAsync(new RollbackModelRequest(), cancellationToken: Token);
        await Eventually.TrueAsync(async () => (await ListAsync()).ModelVersion == first);
        Assert.Equal(before.Videos.Select(v => v.VideoId).Take(20), (await ListAsync()).Videos.Select(v => v.VideoId).Take(20));
    }

    private async Task<PrecomputedList> ListAsync() => PrecomputedList.Decode(await Redis.Client.GetAsync(OnlineKeys.List("viewer-0007"), Token));
}
