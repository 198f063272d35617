using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts.Json;
using Recommender.Modeling.Onnx.Ranking;
using Recommender.Modeling.Ranking;
using Recommender.Standalone.Cli;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using Recommender.V1;

namespace Recommender.Tests.Integration.Training;

public sealed class RankerRunTests(EmbeddedKafkaFixture kafka, RedisFixture redis) : TrainingTest(kafka, redis)
{
    private const int PerAnswer = 10;
    private static readonly DateTimeOffset s_begin = new(2026, 11, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Answers whose likes follow the author's affinity, of which the blend's score knows nothing, or nothing at all. Half of each answer is looked at.
    /// </summary>
    private void AddAnswers(int answers, bool isInformed = true, int seed = 1)
    {
        var random = new Random(seed);
        var (impressions, events) = (new List<byte[]>(), new List<Event>());
        for (var answer = 0; answer < answers; answer++)
        {
            var (request, user, at) = ($"request-{seed}-{answer}", $"viewer-{answer % 40:0000}", s_begin.AddMinutes(answer));
            for (var position = 0; position < PerAnswer; position++)
            {
                var features = new float[RankerFeatures.Count];
                foreach (ref var feature in features.AsSpan()) feature = (float)((2 * random.NextDouble()) - 1);
                var video = $"video-{random.Next(60):0000}-{position}";
                impressions.Add(JsonSerializer.SerializeToUtf8Bytes(
                    new Impression(request, user, video, position, "realtime", 0.5, 1, "m", "", "for_you", "none", at) { FeatureVersion = RankerFeatures.Version, Features = features },
                    RecordJson.Default.Impression));
                if (position >= PerAnswer / 2) continue;
                Report(EventType.View);
                var odds = isInformed ? -1 + (3 * features[(int)RankerFeature.AuthorAffinity]) : -1;
                if (random.NextDouble() < 1 / (1 + Math.Exp(-odds))) Report(EventType.Like);

                void Report(EventType type) => events.Add(new Event
                {
                    EventId = $"{request}-{position}-{type}",
                    Type = type,
                    UserId = user,
                    VideoId = video,
                    OccurredAt = Timestamp.FromDateTimeOffset(at.AddSeconds(30)),
                    WatchTime = type == EventType.View ? Duration.FromTimeSpan(TimeSpan.FromSeconds(5)) : null,
                    RequestId = request,
                    Position = position,
                });
            }
        }
        Archive.Add("impression", impressions, log: $"answers{seed}");
        Archive.AddEvents(events, log: $"answers{seed}");
    }

    [Fact]
    public async Task The_ranker_is_off_until_there_are_enough_impressions_and_on_when_it_is_better_then()
    {
        Archive.AddEvents(TestEvents.Tastes(80, 60));
        AddAnswers(90);
        var host = await StartAsync("Training:Ranker:MinImpressions=1500");
        var first = await host.SucceedAsync();
        Assert.Equal("false", first.Parameters["run.ranker"]);
        Assert.Contains("450 impressions with known outcomes so far", first.Parameters["run.ranker_verdict"], StringComparison.Ordinal);
        Assert.DoesNotContain(host.Store.Find(first.ModelVersion)!.Files, f => f.Name == "ranker.onnx");

        AddAnswers(700, seed: 2);
        var second = await host.SucceedAsync();
        Assert.StartsWith("better than the plain blend", second.Parameters["run.ranker_verdict"], StringComparison.Ordinal);
        Assert.Equal(("true", 3950), (second.Parameters["run.ranker"], second.Metrics["ranker_impressions"]));
        Assert.True(second.Metrics["ranker_ndcg"] > second.Metrics["ranker_blend_ndcg"]);
        Assert.True(second.Metrics["ranker_log_loss"] < second.Metrics["ranker_blend_log_loss"]);
        var manifest = host.Store.Find(second.ModelVersion)!;
        Assert.Contains(manifest.Files, f => f.Name == "ranker.onnx");
        Assert.Equal((RankerFeatures.Version, 3950), (manifest.Ranker!.FeatureVersion, manifest.Ranker.Impressions));
        using var session = RankerSession.Load(await File.ReadAllBytesAsync(host.Store.PathOf(second.ModelVersion, "ranker.onnx"), Token));

        // The same impressions give the same bits, although others have come since.
        AddAnswers(100, seed: 3);
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var path = host.Store.PathOf(second.ModelVersion, "manifest.json");
        var code = await CommandLine.RunAsync(["train", "--from-manifest", path, "--archive", Archive.Root], output, errors, Token);
        Assert.Equal((0, ""), (code, errors.ToString()));
        Assert.Contains("The model is the same bit for bit.", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ranker_that_is_not_better_than_the_blend_beyond_noise_is_not_used()
    {
        Archive.AddEvents(TestEvents.Tastes(80, 60));
        AddAnswers(500, isInformed: false);
        var host = await StartAsync("Training:Ranker:MinImpressions=1000");
        var run = await host.SucceedAsync();
        Assert.Equal("false", run.Parameters["run.ranker"]);
        Assert.StartsWith("not better than the plain blend", run.Parameters["run.ranker_verdict"], StringComparison.Ordinal);
        Assert.DoesNotContain(host.Store.Find(run.ModelVersion)!.Files, f => f.Name == "ranker.onnx");
    }

    [Fact]
    public async Task Impressions_of_a_viewer_who_asked_to_be_forgotten_are_not_learnt_from()
    {
        Archive.AddEvents(TestEvents.Tastes(80, 60));
        AddAnswers(400);
        Archive.Add("erasure", $$"""{"erasure_id":"e","user_id":"viewer-0003","requested_at":"2026-11-20T00:00:00Z"}""");
        var run = await (await StartAsync("Training:Ranker:MinImpressions=1000")).SucceedAsync();
        Assert.Equal(1950, run.Metrics["ranker_impressions"]);
    }
}
