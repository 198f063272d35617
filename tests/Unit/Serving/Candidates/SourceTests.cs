using Recommender.Hosting.Online;
using Recommender.Serving;
using Recommender.Serving.Candidates;
using Recommender.Serving.Catalog;
using Recommender.Serving.Filters;
using Recommender.Serving.Fresh;
using Recommender.Serving.Model;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Candidates;

public class SourceTests
{
    private static readonly ICandidateFilter[] s_filters = [new DeletedFilter(), new ExcludedFilter(), new SeenFilter(), new HiddenFilter()];

    private static async Task<List<Candidate>> ProposeAsync(ICandidateSource source, ViewerQuery query, VideoCatalog? catalog = null)
    {
        var sink = new CandidateSink(0, [new CatalogHydrator(catalog ?? new VideoCatalog(new ServingOptions()))], s_filters);
        await source.ProposeAsync(query, sink, TestContext.Current.CancellationToken);
        return sink.Candidates;
    }

    private static string[] Ids(IEnumerable<Candidate> candidates) => [.. candidates.Select(c => c.VideoId)];

    private static ViewerQuery RealTime(ModelGeneration model, ViewerState? state = null, int count = 5, Action<RecommendRequest>? request = null)
    {
        var query = Queries.Create(state, model: model, count: count, request: request);
        query.Tier = Tier.RealTime;
        query.Vector = new float[] { 1, 0, 0, 0 };
        return query;
    }

    private static RealTimeSource RealTimeSource() => new(new RealTimeCost(), TimeProvider.System);

    [Fact]
    public async Task Real_time_proposes_what_the_model_scores_best()
    {
        var proposed = await ProposeAsync(RealTimeSource(), RealTime(SmallModel.Create()));
        Assert.Equal(["a0", "a1", "a2", "a3"], Ids(proposed.Take(4)));
        Assert.All(proposed, c => Assert.Equal(Source.Realtime, c.Source));
        Assert.Equal(20, proposed.Count);
    }

    [Fact]
    public void A_listed_or_new_video_is_traced_to_the_events_on_the_videos_most_like_it()
    {
        var state = Queries.State(("b4", EventType.Skip, 1), ("a3", EventType.Like, 2), ("a3", EventType.View, 3), ("unheard", EventType.View, 4), ("a0", EventType.View, 5));
        var model = SmallModel.Create();
        var cold = new ColdVectors(SmallModel.Version, model.ItemCount, 4, 1);
        Assert.True(cold.TryAdd("new", [1, 0, 0, 0]));
        var query = Queries.Create(state, model: model, cold: cold);
        foreach (var (source, candidate) in (ReadOnlySpan<(ICandidateSource, Candidate)>)
            [(new PrecomputedSource(), Queries.Candidate("a2") with { Item = 2 }), (RealTimeSource(), Queries.Candidate("new") with { Cold = 0 })])
        {
            var evidence = new List<Evidence>();
            source.Trace(query, candidate, evidence);
            Assert.Equal(["a0", "a3", "b4"], evidence.Select(e => e.Event.VideoId).Order(StringComparer.Ordinal));
            Assert.Equal("b4", evidence[^1].Event.VideoId);
            Assert.Equal(EventType.Like, evidence.Find(e => e.Event.VideoId == "a3").Event.Type);
            Assert.True(evidence[0].Similarity >= evidence[1].Similarity && evidence[1].Similarity > 0.9 && evidence[2].Similarity < 0.5);
        }
    }

    [Fact]
    public async Task The_search_leaves_out_what_must_not_be_shown_so_that_enough_is_found()
    {
        var model = SmallModel.Create();
        model.MarkDeleted("a4", true);
        var state = Queries.State(("a0", EventType.View, 1));
        state.OlderSeen.Add(StableHash.Of("a1"));
        state.Hidden.Add(StableHash.Of("a2"));
        var query = RealTime(model, state, request: r => r.ExcludeVideoIds.Add("a3"));
        var sink = new CandidateSink(0, [], []);
        await RealTimeSource().ProposeAsync(query, sink, TestContext.Current.CancellationToken);
        Assert.Equal(["a5", "a6", "a7"], Ids(sink.Candidates.Take(3)));
    }

    [Fact]
    public async Task Seen_videos_are_found_where_the_request_asks_for_them()
    {
        var state = Queries.State(("a0", EventType.View, 1));
        state.Hidden.Add(StableHash.Of("a1"));
        var proposed = await ProposeAsync(RealTimeSource(), RealTime(SmallModel.Create(), state, request: r => r.IncludeSeen = true));
        Assert.Equal(["a0", "a2"], Ids(proposed.Take(2)));
    }

    [Fact]
    public async Task Real_time_is_silent_in_other_tiers()
    {
        var query = RealTime(SmallModel.Create());
        query.Tier = Tier.Precomputed;
        query.Viewer = query.Viewer with { List = Queries.Stored(new PrecomputedList("m", 0, [])) };
        Assert.Empty(await ProposeAsync(RealTimeSource(), query));
    }

    [Fact]
    public async Task The_list_is_proposed_whole_but_for_what_was_seen()
    {
        var list = new PrecomputedList("m", 0, [("x", 3), ("seen", 2), ("y", 1)]);
        var query = Queries.Create(Queries.State(("seen", EventType.View, 1)), list);
        query.Tier = Tier.Precomputed;
        var proposed = await ProposeAsync(new PrecomputedSource(), query);
        Assert.Equal(["x", "y"], Ids(proposed));
        Assert.Equal(3, proposed[0].ListScore);
        query.Tier = Tier.RealTime;
        Assert.Empty(await ProposeAsync(new PrecomputedSource(), query));
    }

    [Fact]
    public async Task Neighbours_of_what_was_just_liked_are_proposed_without_the_seen_ones()
    {
        var query = RealTime(SmallModel.Create(), Queries.State(("b2", EventType.Like, 1), ("b1", EventType.View, 2)));
        query.JustLiked.Add(12);
        var proposed = await ProposeAsync(new SimilarSource(), query);
        Assert.All(proposed.Take(8), c => Assert.StartsWith("b", c.VideoId, StringComparison.Ordinal));
        Assert.DoesNotContain("b1", Ids(proposed));
        Assert.DoesNotContain("b2", Ids(proposed));
        Assert.Contains("b2", new SimilarSource().Explain(query, proposed[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trending_goes_on_until_enough_may_be_shown()
    {
        var seen = Enumerable.Range(0, 50).Select(i => $"v{i}").ToArray();
        var query = Queries.Create(
            Queries.State([.. seen.Select(id => (id, EventType.View, 1))]), trending: Queries.Trending([.. seen, "x", "y", "z"]), count: 2);
        query.Tier = Tier.RealTime;
        Assert.Equal(["x", "y"], Ids(await ProposeAsync(new TrendingSource(), query)));
    }

    [Fact]
    public async Task Popular_videos_come_in_the_order_of_the_models_popularity()
    {
        var query = Queries.Create(Queries.State(("a1", EventType.View, 1)), model: SmallModel.Create(), count: 3);
        query.Tier = Tier.RealTime;
        Assert.Equal(["a0", "a2", "a3", "a4"], Ids(await ProposeAsync(new PopularSource(), query)).Take(4));
        Assert.Empty(await ProposeAsync(new PopularSource(), Queries.Create()));
    }

    [Fact]
    public async Task Popular_and_newest_videos_fill_up_only_what_is_missing()
    {
        var catalog = new VideoCatalog(new ServingOptions());
        for (var i = 0; i < 20; i++) catalog.Upsert($"v{i}", "", 1);
        var query = Queries.Create(model: SmallModel.Create(), count: 2);
        query.Tier = Tier.RealTime;
        var sink = new CandidateSink(0, [], []);
        query.Scratch.Sinks.Add(sink);
        for (var proposed = 0; proposed <= 6; proposed++)
        {
            Assert.Equal(6 - proposed, (await ProposeAsync(new PopularSource(), query)).Count);
            Assert.Equal(6 - proposed, (await ProposeAsync(new NewestSource(catalog), query)).Count);
            sink.Offer(query, Queries.Candidate($"other{proposed}"));
        }
    }

    [Fact]
    public async Task Fresh_videos_are_new_unknown_to_the_model_and_not_from_the_future()
    {
        var options = new ServingOptions { FreshShare = 0.5, FreshFor = TimeSpan.FromDays(2) };
        var catalog = new VideoCatalog(options);
        void Add(string id, TimeSpan age) => catalog.Upsert(id, "x", (Queries.Now - age).ToUnixTimeMilliseconds());
        Add("new", TimeSpan.FromHours(1));
        Add("a3", TimeSpan.FromHours(1));
        Add("old", TimeSpan.FromDays(3));
        Add("future", -TimeSpan.FromHours(1));
        var query = Queries.Create(model: SmallModel.Create(), options: options);
        var proposed = await ProposeAsync(new FreshSource(catalog, new FreshBoard(catalog), new Random(1)), query, catalog);
        var fresh = Assert.Single(proposed);
        Assert.Equal("new", fresh.VideoId);
        Assert.Equal(1.0, fresh.Propensity, 9);
        Assert.True(fresh.IsExploration);
    }

    [Fact]
    public async Task Fresh_videos_are_drawn_with_the_propensity_that_is_told()
    {
        var options = new ServingOptions { FreshShare = 0.05 };
        var catalog = new VideoCatalog(options);
        for (var i = 0; i < 8; i++) catalog.Upsert($"v{i}", "", Queries.Now.ToUnixTimeMilliseconds());
        var source = new FreshSource(catalog, new FreshBoard(catalog), new Random(7));
        var first = new Dictionary<string, int>();
        const int Rounds = 8000;
        for (var round = 0; round < Rounds; round++)
        {
            // Two places of forty: the second one is as uniform as the first.
            var proposed = await ProposeAsync(source, Queries.Create(count: 40, options: options), catalog);
            Assert.Equal(2, proposed.Count);
            Assert.Equal(0.125, proposed[0].Propensity, 9);
            Assert.Equal(1.0 / 7, proposed[1].Propensity, 9);
            first[proposed[1].VideoId] = first.GetValueOrDefault(proposed[1].VideoId) + 1;
        }
        Assert.Equal(8, first.Count);
        // Five standard deviations of a binomial with p = 1/8.
        Assert.All(first.Values, n => Assert.InRange(n, 1000 - 150, 1000 + 150));
    }

    [Fact]
    public async Task Nothing_is_explored_where_no_place_is_set_aside()
    {
        var options = new ServingOptions { FreshShare = 0 };
        var catalog = new VideoCatalog(options);
        catalog.Upsert("new", "x", Queries.Now.ToUnixTimeMilliseconds());
        Assert.Empty(await ProposeAsync(new FreshSource(catalog, new FreshBoard(catalog), new Random(1)), Queries.Create(options: options), catalog));
        Assert.Equal(["new"], Ids(await ProposeAsync(new NewestSource(catalog), Queries.Create(), catalog)));
    }

    [Fact]
    public void Real_time_explains_itself_by_the_nearest_of_the_viewers_videos()
    {
        var query = RealTime(SmallModel.Create());
        query.Scratch.Items.AddRange([1, 12]);
        Assert.Contains("a1", RealTimeSource().Explain(query, new Candidate { VideoId = "a0", Source = Source.Realtime, Item = 0 }), StringComparison.Ordinal);
        Assert.Contains("b2", RealTimeSource().Explain(query, new Candidate { VideoId = "b0", Source = Source.Realtime, Item = 10 }), StringComparison.Ordinal);
    }
}
