using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Kafka;
using Recommender.Modeling.Onnx.Ranking;
using Recommender.Modeling.Ranking;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using Recommender.Training.Dataset;
using Recommender.Training.Ranking;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving;

public sealed class RankerTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private List<TopicRecord> ImpressionsOf(string user) =>
        [.. LogReader.ReadToEnd(serving.Kafka.Bootstrap, Topics.Impression).Where(r => Encoding.UTF8.GetString(r.Key) == user)];

    private async Task BecomesAsync(string version) =>
        await Eventually.TrueAsync(async () => (await serving.RecommendAsync("other")).ModelVersion == version, $"{version} answers");

    [Fact]
    public async Task What_training_learns_from_is_to_the_last_bit_what_the_ranker_scored_with_and_the_answer_told()
    {
        const string Version = "20261122T110000Z-0011";
        TestModels.Save(serving.Store, Version, ranker: TestRanker.Graph());
        TestModels.MakeLive(serving.Store, Version);
        await BecomesAsync(Version);
        await serving.WriteCatalogAsync([.. Enumerable.Range(0, 100).Select(i => (TestModels.VideoOf(i / 50, i % 50), (Video?)new Video
        {
            VideoId = TestModels.VideoOf(i / 50, i % 50),
            AuthorId = $"author{i % 5}",
            PublishedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddHours(-i - 1)),
        }))]);
        await serving.SetStateAsync("skewed", ("b03", EventType.Like), ("b01", EventType.View), ("b07", EventType.Skip));
        RecommendResponse response = null!;
        await Eventually.TrueAsync(
            async () =>
            {
                response = await serving.RecommendAsync("skewed", r => (r.Count, r.Explain) = (15, true));
                return response.Videos.All(v => v.Explanation.Features["is_age_known"] == 1);
            },
            "the catalog is known");
        Assert.All(response.Videos, v => Assert.Equal("ranker", v.Explanation.Scorer));
        Assert.All(response.Videos, v => Assert.Equal(["expected_like", "expected_share", "expected_watch"], v.Explanation.ScoreParts.Keys.Order()));
        Assert.All(response.Videos, v => Assert.Equal(v.Score, v.Explanation.ScoreParts.Values.Sum(), 12));

        await Eventually.TrueAsync(() => ImpressionsOf("skewed").Count(r => Encoding.UTF8.GetString(r.Value!).Contains(response.RequestId, StringComparison.Ordinal)) == 15);
        var rows = ImpressionsOf("skewed").Select(r => r.Value!).Where(v => Encoding.UTF8.GetString(v).Contains(response.RequestId, StringComparison.Ordinal)).ToArray();
        var data = await LearnedFromAsync(response, rows);

        Assert.Equal(15, data.Count);
        using var session = RankerSession.Load(await File.ReadAllBytesAsync(serving.Store.PathOf(Version, "ranker.onnx"), Token));
        var (features, expected) = (new float[RankerSession.RowsOf(15) * RankerFeatures.Count], new float[RankerSession.RowsOf(15) * OutcomeWeights.Count]);
        for (var i = 0; i < 15; i++) data.FeaturesOf(i).CopyTo(features.AsSpan(i * RankerFeatures.Count));
        session.Score(features, 15, expected);
        var weights = new Recommender.Serving.ServingOptions();
        for (var i = 0; i < 15; i++)
        {
            var (video, impression) = (response.Videos[i], JsonSerializer.Deserialize(rows[i], RecordJson.Default.Impression)!);
            Assert.Equal((i, video.VideoId), (data.Positions[i], impression.VideoId));
            Assert.Equal("ranker", impression.Explanation!.Scorer);
            Assert.Equal(RankerFeatures.Names.Select(name => video.Explanation.Features[name]), data.FeaturesOf(i).ToArray());
            var of = expected.AsSpan(i * OutcomeWeights.Count, OutcomeWeights.Count);
            var score = (weights.LikeWeight * of[0]) + (weights.ShareWeight * of[1]) + (weights.WatchWeight * of[2]);
            Assert.Equal(score, impression.Score, 12);
        }
        Assert.True(response.Videos.Select(v => v.Explanation.Features["author_affinity"]).Distinct().Count() > 1);
    }

    [Fact]
    public async Task A_damaged_ranker_is_refused_and_the_plain_blend_scores_in_its_place()
    {
        const string Version = "20261122T120000Z-0012";
        TestModels.Save(serving.Store, Version, ranker: TestRanker.Graph());
        var path = serving.Store.PathOf(Version, "ranker.onnx");
        var bytes = await File.ReadAllBytesAsync(path, Token);
        bytes[bytes.Length / 2] ^= 0xFF;
        await File.WriteAllBytesAsync(path, bytes, Token);
        TestModels.MakeLive(serving.Store, Version);
        await BecomesAsync(Version);
        await serving.SetStateAsync("blended", ("b03", EventType.Like));
        var response = await serving.RecommendAsync("blended", r => (r.Count, r.Explain) = (5, true));
        Assert.Equal(5, response.Videos.Count);
        Assert.All(response.Videos, v => Assert.Equal("blend", v.Explanation.Scorer));
        Assert.All(response.Videos, v => Assert.Contains("relevance", v.Explanation.ScoreParts.Keys));
        using var http = new HttpClient { BaseAddress = new Uri(serving.Service.HttpAddress) };
        Assert.Contains("recommender_serving_ranker_failures_total{reason=\"refused\"}", await http.GetStringAsync("/metrics", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_whose_features_are_not_wanted_carries_none()
    {
        await using var other = await serving.StartAsync("Serving:FeatureLogShare=0");
        var client = new RecommendationService.RecommendationServiceClient(other.Channel);
        await Eventually.TrueAsync(async () => (await client.RecommendAsync(new RecommendRequest { UserId = "before" })).ModelVersion.Length > 0);
        await client.RecommendAsync(new RecommendRequest { UserId = "unlogged", Count = 3 });
        await Eventually.TrueAsync(() => ImpressionsOf("unlogged").Count == 3);
        Assert.DoesNotContain("feature", Encoding.UTF8.GetString(ImpressionsOf("unlogged")[0].Value!), StringComparison.Ordinal);

        // An answer that explains itself shows them, and so do its impressions.
        var told = (await client.RecommendAsync(new RecommendRequest { UserId = "told", Count = 3, Explain = true })).Videos[0].Explanation.Features;
        await Eventually.TrueAsync(() => ImpressionsOf("told").Count == 3);
        var written = JsonSerializer.Deserialize(ImpressionsOf("told")[0].Value!, RecordJson.Default.Impression)!.Features!;
        Assert.Equal(told.Values.Order(), written.Order());
    }

    /// <summary>What a training run makes of the impressions, once the viewer has looked at the last video.</summary>
    private static async Task<RankerData> LearnedFromAsync(RecommendResponse response, byte[][] impressions)
    {
        using var folder = new TempDirectory();
        var archive = new TestArchive(folder.Path);
        archive.Add("impression", impressions);
        var now = DateTimeOffset.UtcNow;
        archive.Add("view", [EventJson.Serialize(new Event
        {
            EventId = "last",
            Type = EventType.View,
            UserId = "skewed",
            VideoId = response.Videos[^1].VideoId,
            OccurredAt = Timestamp.FromDateTimeOffset(now.AddMinutes(1)),
            WatchTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(3)),
            RequestId = response.RequestId,
            Position = response.Videos.Count - 1,
        })]);
        var events = new EventDatasetBuilder(new VideoTable(), new ErasureTable()).Build(Token);
        var reader = new RankerReader(ArchiveCatalog.Load(folder.Path), events, new RankerOptions());
        return await reader.ReadAsync(now.AddHours(1), Token);
    }
}
