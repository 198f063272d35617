using Google.Protobuf.WellKnownTypes;
using Recommender.Hosting.Archive;
using Recommender.Ingestion;
using Recommender.Serving;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Integration.Features;
using Recommender.Training;
using Recommender.V1;

namespace Recommender.Tests.Integration.Objects;

/// <summary>From events to answers, with nothing shared between the services but Kafka, Redis and a bucket.</summary>
public sealed class EventsToModelTests : BucketFeaturesTest
{
    private const int Viewers = 60;
    private const int VideosPerTaste = 30;

    [Fact]
    public async Task Events_in_the_bucket_become_a_model_in_the_bucket_that_another_process_answers_with()
    {
        await using var features = await Fixture.StartAsync([.. Server.Settings, $"Storage:ArchivePath={Folder}/features"]);
        await using var door = await StartAsync("ingestion", b => b.AddIngestion(), a => a.MapIngestion(), []);
        await FillAsync(door);
        await Fixture.WaitUntilAbsorbedAsync();
        await Eventually.TrueAsync(() => ArchiveCatalog.Load(Store(), cancellationToken: Token).Ranges.Where(r => r.Type == "view").Sum(r => r.To - r.From + 1) == Viewers * 14);

        // As a Job: it fetches the archive, trains and ends.
        string[] training = ["Training:Parameters:ials:factors=16", "Training:Parameters:ials:iterations=5", "Training:MinNewEvents=1", .. Server.Settings];
        using (var job = KillableProcess.Start("Training", [.. Settings("job"), .. training, "Training:Mode=once"]))
            Assert.True(await job.ExitAsync() == 0, job.Output);

        // Another process keeps the registry, and a third one serves.
        await using var registry = await StartAsync("training", b => b.AddTraining(), a => a.MapTraining(), [.. training, "Training:Mode=registry"]);
        var models = new ModelRegistryService.ModelRegistryServiceClient(registry.Channel);
        var live = Assert.Single((await models.ListModelVersionsAsync(new ListModelVersionsRequest())).Versions);
        Assert.True(live.Live);
        var run = Assert.Single((await new TrainingService.TrainingServiceClient(registry.Channel).ListTrainingRunsAsync(new ListTrainingRunsRequest())).Runs);
        Assert.Equal((TrainingRun.Types.State.Succeeded, live.Version), (run.State, run.ModelVersion));

        await using var serving = await StartAsync("serving", b => b.AddServing(), a => a.MapServing(), ["Serving:ModelPoll=00:00:00.2", "Serving:ReadTimeout=00:00:05", .. Server.Settings]);
        var client = new RecommendationService.RecommendationServiceClient(serving.Channel);
        await Eventually.TrueAsync(async () => (await client.RecommendAsync(new RecommendRequest { UserId = "u0", Count = 10 })).ModelVersion == live.Version);
        var answer = await client.RecommendAsync(new RecommendRequest { UserId = "u0", Count = 10 });
        Assert.Equal(10, answer.Videos.Count);

        // A wish for a run waits in the bucket; the next Job finds it, and its model is another one.
        await new TrainingService.TrainingServiceClient(registry.Channel).StartTrainingRunAsync(new StartTrainingRunRequest { Trainer = "ials" });
        using (var job = KillableProcess.Start("Training", [.. Settings("second-job"), .. training, "Training:Mode=once"]))
            Assert.True(await job.ExitAsync() == 0, job.Output);
        await Eventually.TrueAsync(async () => (await models.ListModelVersionsAsync(new ListModelVersionsRequest())).Versions.Count == 2);
        await models.PromoteModelAsync(new PromoteModelRequest { Version = (await models.ListModelVersionsAsync(new ListModelVersionsRequest())).Versions[0].Version });
        await Eventually.TrueAsync(async () => (await client.RecommendAsync(new RecommendRequest { UserId = "u0", Count = 10 })).ModelVersion is { Length: > 0 } v && v != live.Version);
        Assert.Equal(live.Version, (await models.RollbackModelAsync(new RollbackModelRequest())).Version);
    }

    private Task<RunningService> StartAsync(
        string name, Action<Microsoft.AspNetCore.Builder.WebApplicationBuilder> add, Action<Microsoft.AspNetCore.Builder.WebApplication> map, IEnumerable<string> settings) =>
        RunningService.StartAsync(name, add, map, [.. Settings(name), .. settings]);

    private string[] Settings(string name)
    {
        string[] kafka =
        [
            $"Kafka:BootstrapServers={Fixture.Kafka.Bootstrap}", $"Kafka:Partitions={FeaturesFixture.Partitions}", $"Kafka:LogIdentity={FeaturesFixture.Log}",
            $"Redis:Endpoints={Fixture.Redis.Server.Endpoint}", "Redis:Timeout=00:00:05",
        ];
        return name == "ingestion" ? kafka : [.. kafka, $"Storage:ModelsPath={Folder}/{name}/models", .. name == "serving" ? (string[])[] : [$"Storage:ArchivePath={Folder}/{name}/archive"]];
    }

    private static async Task FillAsync(RunningService door)
    {
        var (random, start) = (new Random(7), DateTimeOffset.UtcNow.AddDays(-2));
        var client = new IngestionService.IngestionServiceClient(door.Channel);
        for (var round = 0; round < 14; round++)
        {
            var request = new TrackEventsRequest();
            for (var viewer = 0; viewer < Viewers; viewer++)
            {
                var fits = round % 7 != 6;
                var taste = (viewer % 2 == 0) == fits ? 'a' : 'b';
                request.Events.Add(new Event
                {
                    Type = EventType.View, UserId = "u" + viewer, VideoId = $"{taste}{random.Next(VideosPerTaste)}", WatchTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(fits ? 18 : 2)),
                    OccurredAt = Timestamp.FromDateTimeOffset(start.AddMinutes((round * Viewers) + viewer)),
                });
            }
            Assert.All((await client.TrackEventsAsync(request)).Results, r => Assert.Empty(r.RejectedReason));
        }
    }
}
