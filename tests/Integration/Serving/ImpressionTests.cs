using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Serving.Impressions;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving;

public sealed class ImpressionTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private List<TopicRecord> Of(string user) =>
        [.. LogReader.ReadToEnd(serving.Kafka.Bootstrap, Topics.Impression).Where(r => Encoding.UTF8.GetString(r.Key) == user)];

    [Fact]
    public async Task What_was_shown_is_on_the_topic_and_joins_with_the_answer()
    {
        await serving.SetStateAsync("shown", ("b03", EventType.View));
        var response = await serving.RecommendAsync("shown", r => (r.Count, r.Surface) = (7, "for_you"));
        await Eventually.TrueAsync(() => Of("shown").Count == 7);
        var records = Of("shown");
        var impressions = records.Select(r => JsonSerializer.Deserialize(r.Value, RecordJson.Default.Impression)!).ToArray();
        Assert.All(impressions, i => Assert.Equal(response.RequestId, i.RequestId));
        Assert.Equal(response.Ids(), impressions.Select(i => i.VideoId));
        Assert.Equal(Enumerable.Range(0, 7), impressions.Select(i => i.Position));
        Assert.Equal(response.Videos.Select(v => v.Score), impressions.Select(i => i.Score));
        Assert.All(impressions, i => Assert.Equal(("realtime", "for_you", "none", response.ModelVersion), (i.Source, i.Surface, i.Degradation, i.ModelVersion)));
        Assert.Single(records.Select(r => r.Position.Partition).Distinct());
        Assert.Equal(Murmur2.PartitionOf("shown"u8, 8), records[0].Position.Partition);
        Assert.Equal(
            Enumerable.Range(0, 7).Select(i => $"{response.RequestId}/{i}"),
            records.Select(r => Encoding.UTF8.GetString(r.Headers.GetLastBytes(CloudEventHeaders.Id))));
    }

    [Fact]
    public async Task Where_the_request_asks_to_explain_the_same_record_is_in_the_answer_and_on_the_topic()
    {
        await serving.SetStateAsync("curious", ("b03", EventType.Like), ("b01", EventType.View));
        var response = await serving.RecommendAsync("curious", r => (r.Count, r.Explain) = (5, true));
        Assert.Equal("realtime", response.Tier);
        Assert.All(response.Videos, v =>
        {
            Assert.Contains("realtime", v.Explanation.ProposedBy);
            Assert.Equal(v.Score, v.Explanation.ScoreParts.Values.Sum(), 9);
            Assert.Equal(["deleted", "excluded", "seen", "hidden", "muted_author", "language", "country", "age"], v.Explanation.FiltersPassed);
            Assert.Contains("b03", v.Explanation.Events.Select(e => e.VideoId));
            Assert.True(v.Explanation.Events[0].Similarity > 0);
        });
        Assert.Equal(["like", "view"], response.Videos[0].Explanation.Events.Select(e => e.Type).Order());
        Assert.Equal(0, response.Videos[0].Explanation.RankByScore);
        await Eventually.TrueAsync(() => Of("curious").Count == 5);
        var impressions = Of("curious").Select(r => JsonSerializer.Deserialize(r.Value, RecordJson.Default.Impression)!).ToArray();
        foreach (var (video, impression) in response.Videos.Zip(impressions))
        {
            var (told, written) = (video.Explanation, impression.Explanation!);
            Assert.Equal(video.Reason, impression.Reason);
            Assert.Equal(told.ProposedBy, written.ProposedBy);
            Assert.Equal(told.ScoreParts.OrderBy(p => p.Key), written.ScoreParts.OrderBy(p => p.Key));
            Assert.Equal(told.FiltersPassed, written.FiltersPassed);
            Assert.Equal((told.RankByScore, told.Similarity, told.AuthorRepeats, told.Exploration), (written.RankByScore, written.Similarity, written.AuthorRepeats, written.Exploration));
            Assert.Equal(told.Events.Select(e => (e.Type, e.VideoId, e.OccurredAt.ToDateTimeOffset(), e.Similarity)), written.Events.Select(e => (e.Type, e.VideoId, e.OccurredAt, e.Similarity)));
        }

        // Who does not ask gets none, and the topic carries none.
        Assert.All((await serving.RecommendAsync("incurious", r => r.Count = 3)).Videos, v => Assert.Null(v.Explanation));
        await Eventually.TrueAsync(() => Of("incurious").Count == 3);
        Assert.DoesNotContain("explanation", Encoding.UTF8.GetString(Of("incurious")[0].Value!), StringComparison.Ordinal);
        Assert.DoesNotContain("reason", Encoding.UTF8.GetString(Of("incurious")[0].Value!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_arm_of_an_experiment_is_in_the_answer_and_on_the_topic_and_changes_the_answer()
    {
        await using var other = await serving.StartAsync(
            "Experiments:Layers:order:Arms:short:Share=0.5", "Experiments:Layers:order:Arms:short:Overrides:Sources:realtime:Enabled=false");
        var client = new RecommendationService.RecommendationServiceClient(other.Channel);
        await serving.SetStateAsync("warm", ("b03", EventType.View));
        await Eventually.TrueAsync(async () => (await client.RecommendAsync(new RecommendRequest { UserId = "warm" })).ModelVersion.Length > 0);
        var arms = new Dictionary<string, string>();
        for (var i = 0; i < 20; i++)
        {
            var user = $"subject{i}";
            await serving.SetStateAsync(user, ("b03", EventType.View));
            var response = await client.RecommendAsync(new RecommendRequest { UserId = user, Count = 2 });
            arms[user] = response.ExperimentArm;
            Assert.Equal(response.ExperimentArm == "order=control", response.Videos.Any(v => v.Source == Source.Realtime));
        }
        Assert.Equal(["order=control", "order=short"], arms.Values.Distinct().Order());
        foreach (var (user, arm) in arms.DistinctBy(a => a.Value))
        {
            await Eventually.TrueAsync(() => Of(user).Count == 2);
            Assert.All(Of(user), r => Assert.Equal(arm, JsonSerializer.Deserialize(r.Value, RecordJson.Default.Impression)!.ExperimentArm));
        }
    }

    [Fact]
    public async Task Impressions_of_an_outage_follow_when_Kafka_is_back_and_answers_never_wait()
    {
        var queue = serving.Service.App.Services.GetRequiredService<ImpressionQueue>();
        var shown = new HashSet<string>();
        serving.Kafka.Broker.SetDown();
        try
        {
            // From now on Kafka refuses at once. The writer holds on to what it did not take, so what comes next stays in the queue.
            var health = serving.Service.App.Services.GetRequiredService<KafkaHealth>();
            await Eventually.TrueAsync(() => health.State == KafkaState.Unreachable);
            await Eventually.TrueAsync(async () =>
            {
                shown.Add((await serving.RecommendAsync("patient", r => r.Count = 1)).RequestId);
                return queue.Answers.Count > 2;
            });
        }
        finally
        {
            serving.Kafka.Broker.SetUp();
        }
        await Eventually.TrueAsync(() => shown.SetEquals(Of("patient").Select(r => JsonSerializer.Deserialize(r.Value, RecordJson.Default.Impression)!.RequestId)));
    }

    [Fact]
    public async Task Stopping_writes_what_is_still_in_the_queue()
    {
        var other = await serving.StartAsync();
        var client = new RecommendationService.RecommendationServiceClient(other.Channel);
        // A replica that has no model yet has nothing to show.
        await Eventually.TrueAsync(async () => (await client.RecommendAsync(new RecommendRequest { UserId = "before" })).ModelVersion.Length > 0);
        for (var i = 0; i < 50; i++) await client.RecommendAsync(new RecommendRequest { UserId = "last", Count = 2 });
        await other.DisposeAsync();
        Assert.Equal(100, Of("last").Count);
    }

    [Fact]
    public async Task Metrics_tell_tiers_sources_and_the_model_but_no_ids()
    {
        await serving.SetStateAsync("metered", ("b03", EventType.View));
        await serving.RecommendAsync("metered");
        using var http = new HttpClient { BaseAddress = new Uri(serving.Service.HttpAddress) };
        var text = await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains("recommender_serving_request_duration_seconds_count{", text, StringComparison.Ordinal);
        Assert.Contains("tier=\"realtime\"", text, StringComparison.Ordinal);
        Assert.Contains("recommender_serving_fold_in_duration_seconds_count", text, StringComparison.Ordinal);
        Assert.Contains("recommender_serving_videos_total{source=\"realtime\"}", text, StringComparison.Ordinal);
        Assert.Contains($"recommender_serving_model_info{{trainer=\"ials\",version=\"{ServingFixture.FirstVersion}\"}} 1", text, StringComparison.Ordinal);
        Assert.Contains("recommender_serving_source_duration_seconds_count{source=\"realtime\"}", text, StringComparison.Ordinal);
        Assert.Contains("recommender_serving_source_candidates_total{source=\"realtime\"}", text, StringComparison.Ordinal);
        Assert.Contains("recommender_serving_diversity_count", text, StringComparison.Ordinal);
        Assert.Contains("recommender_serving_coverage ", text, StringComparison.Ordinal);
        Assert.Contains("recommender_serving_exposure_gini ", text, StringComparison.Ordinal);
        Assert.Contains("recommender_serving_impressions_queue_length", text, StringComparison.Ordinal);
        Assert.DoesNotContain("metered", text, StringComparison.Ordinal);
    }
}
