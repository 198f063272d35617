using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Recommender.Contracts;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.EndToEnd.FourServices;

/// <summary>The whole chain over gRPC, Kafka, Redis and files, with nothing shared between the services but those.</summary>
public class FourServicesTests(FourServicesFixture system) : IClassFixture<FourServicesFixture>
{
    private const int Viewers = 60;
    private const int VideosPerTaste = 30;
    private readonly IngestionService.IngestionServiceClient _events = new(system["Ingestion"].Channel);
    private readonly FeatureService.FeatureServiceClient _features = new(system["Features"].Channel);
    private readonly TrainingService.TrainingServiceClient _training = new(system["Training"].Channel);
    private readonly RecommendationService.RecommendationServiceClient _serving = new(system["Serving"].Channel);

    [Fact]
    public async Task Events_become_a_model_and_a_like_changes_the_next_answer()
    {
        await FillCatalogAsync();
        var likes = await PlayAsync();
        await Eventually.TrueAsync(async () => (await UserAsync("u0")).Likes == likes["u0"]);

        var run = await TrainAsync();
        Assert.True(run.State == TrainingRun.Types.State.Succeeded, run.Error);
        Assert.NotEmpty(run.ModelVersion);
        await Eventually.TrueAsync(async () => (await RecommendAsync("u0")).ModelVersion == run.ModelVersion);

        var before = await RecommendAsync("u0");
        Assert.Equal(Degradation.None, before.Degradation);
        Assert.Equal(10, before.Videos.Count);
        var seen = (await UserAsync("u0")).Recent.Select(i => i.VideoId).ToHashSet();
        Assert.DoesNotContain(before.Videos, v => seen.Contains(v.VideoId));

        // A like of what is recommended first: it must not come back, and the rest is ranked anew.
        var liked = before.Videos[0].VideoId;
        await LikeAsync("u0", liked);
        await Eventually.TrueAsync(async () => (await RecommendAsync("u0")).Videos.All(v => v.VideoId != liked));
        var after = await RecommendAsync("u0");
        Assert.NotEqual(before.Videos.Select(v => v.VideoId), after.Videos.Select(v => v.VideoId));
        Assert.Contains(after.Videos, v => v.Source == Source.Realtime);

        await AMuteHoldsInEveryAnswerAsync(after.Videos[0].VideoId);
        await CrashOfFeaturesLosesNothingAsync();
        await RequestsOverKafkaAreAnsweredAsync();
        TopicsAreAsDescribed();
        Assert.Equal(0, await system["Serving"].TerminateAsync());
    }

    private async Task AMuteHoldsInEveryAnswerAsync(string video)
    {
        // Authors make videos of one taste, every tenth of them.
        var author = int.Parse(video[1..], null) % 10;
        Assert.True(await CountAsync() > 0);
        await _events.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = EventType.MuteAuthor, UserId = "u0", AuthorId = $"author-{video[0]}{author}" } });
        await _events.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = EventType.FollowAuthor, UserId = "u0", AuthorId = "nobody" } });
        await _events.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = EventType.NotInterested, UserId = "u0", VideoId = "b29" } });
        await Eventually.TrueAsync(async () => await CountAsync() == 0, "nothing by the muted author is recommended");

        async Task<int> CountAsync() => (await _serving.RecommendAsync(new RecommendRequest { UserId = "u0", Count = 50, IncludeSeen = true }))
            .Videos.Count(v => v.VideoId[0] == video[0] && int.Parse(v.VideoId[1..], null) % 10 == author);
    }

    private async Task CrashOfFeaturesLosesNothingAsync()
    {
        var before = await UserAsync("counted");
        for (var i = 0; i < 200; i++) await LikeAsync("counted", "a" + (i % VideosPerTaste));
        await system.RestartAfterKillAsync("Features");
        var features = new FeatureService.FeatureServiceClient(system["Features"].Channel);
        for (var i = 0; i < 50; i++) await LikeAsync("counted", "b" + (i % VideosPerTaste));
        await Eventually.TrueAsync(async () =>
            (await features.GetUserFeaturesAsync(new GetUserFeaturesRequest { UserId = "counted" })).Likes == before.Likes + 250);
    }

    private async Task RequestsOverKafkaAreAnsweredAsync()
    {
        using var producer = new Confluent.Kafka.ProducerBuilder<string, string>(new Confluent.Kafka.ProducerConfig { BootstrapServers = system.Kafka.Bootstrap }).Build();
        foreach (var request in (string[])["""{"request_id":"good","user_id":"u0","count":5,"explain":true}""", """{"request_id":"bad","user_id":"u0","count":-1}""", "no request"])
            await producer.ProduceAsync(Topics.Request, new Confluent.Kafka.Message<string, string> { Key = "u0", Value = request });
        await Eventually.TrueAsync(() => LogReader.ReadToEnd(system.Kafka.Bootstrap, Topics.Response).Count == 2
            && LogReader.ReadToEnd(system.Kafka.Bootstrap, Topics.Rejected).Count > 0, "both are answered, and what is no request is set aside");
    }

    private void TopicsAreAsDescribed()
    {
        var description = AsyncApi.Load();
        foreach (var topic in (string[])[Topics.View, Topics.Like, Topics.Feedback, Topics.Impression, Topics.Catalog, Topics.Model, Topics.Response, Topics.Rejected])
        {
            var records = LogReader.ReadToEnd(system.Kafka.Bootstrap, topic);
            Assert.NotEmpty(records);
            foreach (var record in records.Take(200)) description.Check(topic, record);
        }
    }

    private async Task FillCatalogAsync()
    {
        var request = new UpsertVideosRequest();
        foreach (var taste in "ab")
            for (var i = 0; i < VideosPerTaste; i++)
                request.Videos.Add(new Video { VideoId = $"{taste}{i}", AuthorId = $"author-{taste}{i % 10}", Duration = Duration.FromTimeSpan(TimeSpan.FromSeconds(20)), Tags = { taste.ToString() } });
        await new CatalogService.CatalogServiceClient(system["Ingestion"].Channel).UpsertVideosAsync(request);
    }

    /// <summary>Each viewer watches and likes videos of one taste, and watches a few of the other. Returns each viewer's likes.</summary>
    private async Task<Dictionary<string, int>> PlayAsync()
    {
        var random = new Random(7);
        var likes = new Dictionary<string, int>();
        var start = DateTimeOffset.UtcNow.AddDays(-2);
        var request = new TrackEventsRequest();
        for (var round = 0; round < 14; round++)
        {
            for (var viewer = 0; viewer < Viewers; viewer++)
            {
                var fits = round % 7 != 6;
                var taste = (viewer % 2 == 0) == fits ? 'a' : 'b';
                var at = Timestamp.FromDateTimeOffset(start.AddMinutes((round * Viewers) + viewer));
                var e = new Event { UserId = "u" + viewer, VideoId = $"{taste}{random.Next(VideosPerTaste)}", OccurredAt = at };
                request.Events.Add(new Event(e) { Type = EventType.View, WatchTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(fits ? 18 : 2)) });
                if (!fits || round % 2 != 0) continue;
                request.Events.Add(new Event(e) { Type = EventType.Like });
                likes[e.UserId] = likes.GetValueOrDefault(e.UserId) + 1;
            }
            var response = await _events.TrackEventsAsync(request);
            Assert.All(response.Results, r => Assert.Empty(r.RejectedReason));
            request.Events.Clear();
        }
        return likes;
    }

    private async Task<TrainingRun> TrainAsync()
    {
        // The archive takes a moment to hold what was just played, and a first run may find too little of it.
        TrainingRun last = new();
        await Eventually.TrueAsync(async () =>
        {
            var run = await _training.StartTrainingRunAsync(new StartTrainingRunRequest { Trainer = "ials", PromoteIfBetter = true });
            using var watch = _training.WatchTrainingRun(new GetTrainingRunRequest { RunId = run.RunId });
            await foreach (var update in watch.ResponseStream.ReadAllAsync()) last = update;
            return last.State == TrainingRun.Types.State.Succeeded;
        }, "a training run succeeds");
        return last;
    }

    private async Task LikeAsync(string user, string video) =>
        await _events.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = EventType.Like, UserId = user, VideoId = video } });

    private async Task<UserFeatures> UserAsync(string user) => await _features.GetUserFeaturesAsync(new GetUserFeaturesRequest { UserId = user });

    private async Task<RecommendResponse> RecommendAsync(string user) =>
        await _serving.RecommendAsync(new RecommendRequest { UserId = user, Count = 10 });
}
