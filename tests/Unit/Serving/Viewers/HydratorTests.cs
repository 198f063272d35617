using Recommender.Hosting.Online;
using Recommender.Serving;
using Recommender.Serving.Model;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Trending;
using Recommender.Serving.Viewers;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Viewers;

public sealed class HydratorTests : IDisposable
{
    private readonly ServingOptions _options = new();
    private readonly ServingMetrics _metrics = new();
    private readonly ManualTime _time = new(Queries.Now);

    public void Dispose() => _metrics.Dispose();

    private async Task<ViewerQuery> PlanAsync(ViewerQuery query, TimeSpan? cost = null)
    {
        await new HistoryHydrator().HydrateAsync(query, TestContext.Current.CancellationToken);
        var expected = new RealTimeCost();
        expected.Reset(cost ?? TimeSpan.Zero);
        await new PlanHydrator(new TrendingBoard(_options, _time), expected, _metrics, _time).HydrateAsync(query, TestContext.Current.CancellationToken);
        return query;
    }

    private static Dictionary<string, float> History(ViewerQuery query) =>
        query.Scratch.Items.Select((item, i) => (query.Model!.IdOf(item), query.Scratch.Confidences[i])).ToDictionary();

    [Fact]
    public async Task Events_become_confidences_by_the_models_weights()
    {
        var query = await PlanAsync(Queries.Create(
            Queries.State(("a0", EventType.Like, 1), ("a0", EventType.View, 2), ("b0", EventType.View, 3), ("unknown", EventType.Like, 4)), model: SmallModel.Create()));
        // A full view counts 0.1 + 1, a like 4.
        Assert.Equal(new Dictionary<string, float> { ["b0"] = 1.1f, ["a0"] = 5.1f }, History(query));
    }

    [Fact]
    public async Task The_later_of_like_and_unlike_counts()
    {
        var taken = await PlanAsync(Queries.Create(Queries.State(("a0", EventType.Unlike, 1), ("a0", EventType.Like, 2), ("a0", EventType.View, 3)), model: SmallModel.Create()));
        var given = await PlanAsync(Queries.Create(Queries.State(("a0", EventType.Like, 1), ("a0", EventType.Unlike, 2), ("a0", EventType.View, 3)), model: SmallModel.Create()));
        Assert.Equal(0.1f, History(taken)["a0"], 5);
        Assert.Equal(5.1f, History(given)["a0"], 5);
    }

    [Fact]
    public async Task What_the_viewer_rejects_is_no_positive() =>
        Assert.Empty(History(await PlanAsync(Queries.Create(Queries.State(("a0", EventType.Skip, 1), ("b0", EventType.NotInterested, 1)), model: SmallModel.Create()))));

    [Fact]
    public async Task What_the_viewer_rejects_speaks_where_the_model_has_learned_what_it_says()
    {
        var query = await PlanAsync(Queries.Create(
            Queries.State(("a0", EventType.Skip, 1), ("a1", EventType.NotInterested, 1), ("b0", EventType.View, 1)), model: SmallModel.Create(dislikeWeight: 0.5f)));
        // A skip takes away 0.5; "not interested" counts 4 at most.
        var rows = query.Scratch.Items.Zip(query.Scratch.Confidences).OrderBy(r => r.First);
        Assert.Equal([(10, 1.1f), (20, 0.25f), (21, 2f)], rows);
        Assert.Equal(Tier.RealTime, query.Tier);
        var (a, b) = (query.Model!.Factors!.Score(query.Vector.Span, 5), query.Model.Factors.Score(query.Vector.Span, 15));
        Assert.True(b > 3 * a, $"{a} {b}");
    }

    [Fact]
    public async Task Recent_ids_count_as_short_views_unless_the_event_has_arrived()
    {
        var query = await PlanAsync(Queries.Create(Queries.State(("a0", EventType.View, 1)), model: SmallModel.Create(), request: r => r.RecentVideoIds.Add(["a0", "b0", "unknown"])));
        Assert.Equal(new Dictionary<string, float> { ["a0"] = 1.1f, ["b0"] = 0.6f }, History(query));
    }

    [Fact]
    public async Task The_newest_likes_and_shares_that_were_not_taken_back_are_just_liked()
    {
        var query = Queries.Create(
            Queries.State(("a5", EventType.Unlike, 1), ("a5", EventType.Like, 2), ("b1", EventType.Share, 3), ("b1", EventType.Like, 4), ("a1", EventType.Like, 5), ("a2", EventType.Like, 6)),
            model: SmallModel.Create());
        await PlanAsync(query);
        Assert.Equal(["b1", "a1"], query.JustLiked.Select(query.Model!.IdOf));
    }

    [Fact]
    public async Task An_old_like_is_not_just_liked()
    {
        var query = await PlanAsync(Queries.Create(Queries.State(("a1", EventType.Like, 61)), model: SmallModel.Create()));
        Assert.Empty(query.JustLiked);
    }

    [Fact]
    public async Task The_vector_solved_from_events_points_to_what_was_watched()
    {
        var query = await PlanAsync(Queries.Create(Queries.State(("b0", EventType.View, 1)), model: SmallModel.Create()));
        Assert.Equal(Tier.RealTime, query.Tier);
        Assert.True(query.Vector.Span[1] > 5 * Math.Abs(query.Vector.Span[0]));
    }

    [Theory]
    [InlineData(30, SmallModel.Version, Tier.Precomputed)] // the list is newer
    [InlineData(5, SmallModel.Version, Tier.RealTime)] // within the doubt about devices' clocks
    [InlineData(-30, SmallModel.Version, Tier.RealTime)] // the event is newer
    [InlineData(30, "another", Tier.RealTime)] // the list is of a model that does not answer any more
    public async Task A_list_is_used_while_nothing_is_newer(int listMinutesAfterEvent, string version, object tier)
    {
        var computed = Queries.Now.AddMinutes(-60 + listMinutesAfterEvent).ToUnixTimeMilliseconds();
        var query = await PlanAsync(Queries.Create(Queries.State(("a0", EventType.View, 60)), new PrecomputedList(version, computed, [("x", 1)]), SmallModel.Create()));
        Assert.Equal(tier, query.Tier);
        Assert.Equal(Degradation.None, query.Degradation);
        // What the list knows already is not reckoned with again.
        Assert.Equal(query.Tier == Tier.RealTime, query.Scratch.Items.Count > 0);
    }

    [Fact]
    public async Task Recent_ids_are_news_whatever_the_list()
    {
        var list = new PrecomputedList(SmallModel.Version, Queries.Now.ToUnixTimeMilliseconds(), [("x", 1)]);
        var query = await PlanAsync(Queries.Create(new ViewerState(), list, SmallModel.Create(), request: r => r.RecentVideoIds.Add("a0")));
        Assert.Equal(Tier.RealTime, query.Tier);
    }

    [Theory]
    [InlineData(100, Tier.RealTime, Degradation.None)]
    [InlineData(20, Tier.Precomputed, Degradation.PrecomputedOnly)]
    public async Task With_little_time_left_the_cheaper_path_is_taken(int millisecondsLeft, object tier, Degradation degradation)
    {
        var list = new PrecomputedList("old", 0, [("x", 1)]);
        var query = Queries.Create(Queries.State(("a0", EventType.View, 1)), list, SmallModel.Create(), deadline: Queries.Now.AddMilliseconds(millisecondsLeft).UtcDateTime);
        await PlanAsync(query, cost: TimeSpan.FromMilliseconds(15));
        Assert.Equal(tier, query.Tier);
        Assert.Equal(degradation, query.Degradation);
    }

    [Fact]
    public async Task A_model_without_factors_answers_from_lists_and_is_not_degraded()
    {
        var query = await PlanAsync(Queries.Create(Queries.State(("a0", EventType.View, 1)), new PrecomputedList("old", 0, [("x", 1)]), SmallModel.Create(withFactors: false)));
        Assert.Equal(Tier.Precomputed, query.Tier);
        Assert.Equal(Degradation.None, query.Degradation);
    }

    [Fact]
    public async Task Without_a_model_news_can_not_be_used()
    {
        var query = await PlanAsync(Queries.Create(Queries.State(("a0", EventType.View, 1))));
        Assert.Equal(Tier.Trending, query.Tier);
        Assert.Equal(Degradation.TrendingOnly, query.Degradation);
    }
}
