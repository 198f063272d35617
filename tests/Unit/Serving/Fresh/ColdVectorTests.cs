using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Online;
using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Trainers.Ials;
using Recommender.Serving;
using Recommender.Serving.Candidates;
using Recommender.Serving.Catalog;
using Recommender.Serving.Fresh;
using Recommender.Serving.Model;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Ranking;
using Recommender.Tests.Unit.Serving.Viewers;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Fresh;

public class ColdVectorTests
{
    private readonly VideoCatalog _catalog = new(new ServingOptions());
    private readonly ModelGeneration _model = SmallModel.Create();
    private readonly FirstViewers _firstViewers = new();
    private readonly RecentViewers _recentViewers = new();

    public ColdVectorTests()
    {
        for (var i = 0; i < 10; i++)
        {
            Add($"a{i}", "ann", "music");
            Add($"b{i}", "bob", "sport");
        }
    }

    private CatalogVideo Add(string id, string author, params string[] tags)
    {
        _catalog.Upsert(id, author, Queries.Now.ToUnixTimeMilliseconds(), _catalog.Traits.Of(new Video { VideoId = id, Tags = { tags } }));
        return _catalog.TryFind(id, out var video) ? video : throw new InvalidOperationException(id);
    }

    private float[]? Make(CatalogVideo video)
    {
        var vector = new float[4];
        return new ColdVectorMaker(_model, _catalog, new TagVectors(_model, _catalog), _firstViewers, NewVideoFoldIn.Of(_model, _recentViewers)).TryMake(video, vector) ? vector : null;
    }

    [Fact]
    public void The_authors_other_videos_say_where_a_new_one_points()
    {
        var vector = Make(Add("new", "bob"))!;
        Assert.True(vector[1] > 5 * Math.Abs(vector[0]));
        Assert.InRange(vector[1], 0.3f, _model.Factors!.UsualNorm);
    }

    [Fact]
    public void Tags_say_it_where_the_author_is_unknown()
    {
        var vector = Make(Add("new", "nobody", "sport", "unheard of"))!;
        Assert.True(vector[1] > 5 * Math.Abs(vector[0]));
    }

    [Fact]
    public void Nothing_known_is_no_vector() => Assert.Null(Make(Add("new", "nobody", "unheard of")));

    [Fact]
    public void First_viewers_say_it_and_each_counts_once()
    {
        var video = Add("new", "nobody");
        _firstViewers.Add(_model.Version, "new", 1, [0, 2, 0, 0], 1);
        var once = Make(video)!;
        _firstViewers.Add(_model.Version, "new", 1, [9, 0, 0, 0], 1);
        Assert.Equal(once, Make(video));
        Assert.True(once[1] > 0 && once[0] == 0);
        _firstViewers.Add(_model.Version, "new", 2, [0, 1, 0, 0], 1);
        Assert.True(Make(video)![1] > once[1], "more viewers, more certainty");
        _firstViewers.Add("another model", "other", 3, [1, 0, 0, 0], 1);
        Assert.Null(Make(video));
    }

    [Fact]
    public void Enough_viewers_make_the_vector_that_training_would_make_of_them()
    {
        var video = Add("new", "bob");
        var described = Make(video)!;
        var random = new Random(5);
        var rows = new float[40 * 4];
        for (var i = 0; i < rows.Length; i++) rows[i] = (float)random.NextDouble();
        for (ulong viewer = 0; viewer < 40; viewer++) _recentViewers.Meet(_model.Version, viewer, rows.AsSpan(4 * (int)viewer, 4));
        void Choose(ulong viewer, float confidence) => _firstViewers.Add(_model.Version, "new", viewer, rows.AsSpan(4 * (int)viewer, 4), confidence);

        // Two viewers are too few: their directions alone count.
        Choose(3, 5);
        Choose(17, 1.1f);
        Assert.Equal(described[1], Make(video)![1], 0.2f);
        foreach (ulong viewer in (ulong[])[21, 30, 31, 38]) Choose(viewer, 1.1f);
        Choose(31, 0);

        var parameters = IalsParameters.ParseAmong(_model.Manifest.Parameters);
        var share = Math.Pow(5, parameters.ResolvedPopularityExponent) / Enumerable.Range(0, 20).Average(i => Math.Pow(100 - i, parameters.ResolvedPopularityExponent));
        var solved = new float[4];
        new VideoFoldIn(rows, 4, parameters.FoldIn).Solve([3, 17, 21, 30, 38], [5, 1.1f, 1.1f, 1.1f, 1.1f], solved, (float)share);
        var without = new float[4];
        Assert.True(new ColdVectorMaker(_model, _catalog, new TagVectors(_model, _catalog), _firstViewers, solver: null).TryMake(video, without));
        var mixed = Make(video)!;
        for (var i = 0; i < 4; i++) Assert.Equal((without[i] * 4 / 9) + (solved[i] * 5 / 9), mixed[i], 1e-5f);
    }

    [Fact]
    public async Task What_a_viewer_with_a_vector_liked_among_unknown_videos_is_learnt()
    {
        var board = new FreshBoard(_catalog);
        var query = Queries.Create(model: _model);
        query.Tier = Tier.RealTime;
        query.Vector = new float[] { 0, 1, 0, 0 };
        query.Scratch.Unknown.Add(new RecentInteraction("liked", EventType.Like, 0, 0));
        query.Scratch.Unknown.Add(new RecentInteraction("watched", EventType.View, 0, 0.9f));
        query.Scratch.Unknown.Add(new RecentInteraction("glimpsed", EventType.View, 0, 0.1f));
        query.Scratch.Unknown.Add(new RecentInteraction("skipped", EventType.Skip, 0, 0));
        query.Scratch.Unknown.Add(new RecentInteraction("liked", EventType.Share, 0, 0));
        query.Scratch.Unknown.Add(new RecentInteraction("regretted", EventType.Like, 0, 0));
        query.Scratch.Unknown.Add(new RecentInteraction("regretted", EventType.NotInterested, 0, 0));
        await new FirstViewersHydrator(board).HydrateAsync(query, TestContext.Current.CancellationToken);
        var known = new[] { "liked", "watched", "glimpsed", "skipped" }.Select(id => board.FirstViewers.AddTo(_model.Version, id, new float[4]));
        Assert.Equal([1, 1, 0, 0], known);

        // As much as training would make of it: a like and a share; nine tenths watched.
        var said = new List<(ulong, float Confidence)>();
        foreach (var id in (string[])["liked", "watched", "regretted"]) board.FirstViewers.CopyTo(_model.Version, id, said);
        Assert.Equal([9, 1], said.Select(s => s.Confidence));
        Assert.Equal([0, 1, 0, 0], board.RecentViewers.Copy(_model.Version).Rows);
    }

    private async Task<CandidateSink> SearchAsync(ColdVectors cold, Action<ViewerQuery>? change = null)
    {
        var query = Queries.Create(model: _model, cold: cold);
        query.Tier = Tier.RealTime;
        query.Vector = new float[] { 0, 1, 0, 0 };
        change?.Invoke(query);
        var sink = new CandidateSink(0, [new CatalogHydrator(_catalog)], []);
        await new RealTimeSource(new RealTimeCost(), TimeProvider.System).ProposeAsync(query, sink, TestContext.Current.CancellationToken);
        foreach (var candidate in sink.Candidates.Where(c => c.Cold >= 0))
            Assert.Equal(cold.Score(query.Vector.Span, candidate.Cold), BlendScorer.Score(query, candidate).Relevance, 6);
        return sink;
    }

    private ColdVectors Cold()
    {
        var cold = new ColdVectors(_model.Version, _model.ItemCount, 4, 3);
        Assert.True(cold.TryAdd("near", [0, 9f, 0, 0]));
        Assert.True(cold.TryAdd("far", [0, 0.0001f, 0, 0]));
        Assert.True(cold.TryAdd("against", [0, -9f, 0, 0]));
        return cold;
    }

    [Fact]
    public async Task New_videos_come_from_the_same_search_as_all_others()
    {
        var sink = await SearchAsync(Cold());
        Assert.Equal(_model.ItemCount + 3, sink.Candidates.Count);
        Assert.Equal(("near", Source.Fresh, -1), (sink.Candidates[0].VideoId, sink.Candidates[0].Source, sink.Candidates[0].Item));
        Assert.Equal("against", sink.Candidates[^1].VideoId);
        Assert.All(sink.Candidates, c => Assert.False(c.IsExploration));
        Assert.Equal(_model.ItemCount, sink.Candidates.Count(c => c.Source == Source.Realtime));
    }

    [Fact]
    public async Task What_is_deleted_seen_hidden_or_excluded_is_left_out_within_the_search()
    {
        var cold = Cold();
        cold.MarkDeleted("near", true);
        Assert.DoesNotContain((await SearchAsync(cold)).Candidates, c => c.VideoId == "near");
        cold.MarkDeleted("near", false);
        Assert.Contains((await SearchAsync(cold)).Candidates, c => c.VideoId == "near");
        foreach (var change in (Action<ViewerQuery>[])
            [q => q.NoteSeen("near"), q => q.Scratch.Excluded.Add("near"), q => q.State.OlderSeen.Add(StableHash.Of("near")), q => q.State.Hidden.Add(StableHash.Of("near"))])
        {
            var query = (ViewerQuery q) =>
            {
                q.Viewer = new(new ViewerState(), null, true);
                change(q);
            };
            Assert.DoesNotContain((await SearchAsync(cold, query)).Candidates, c => c.VideoId == "near");
        }
    }

    [Fact]
    public void There_is_room_for_so_many_and_each_counts_once()
    {
        var cold = Cold();
        Assert.False(cold.TryAdd("near", [1, 0, 0, 0]));
        Assert.False(cold.TryAdd("one more", [1, 0, 0, 0]));
        Assert.Equal((3, 0, -1, 0), (cold.Count, cold.Find("near"), cold.Find("one more"), cold.Find(StableHash.Of("near"))));
    }

    private (FreshRefresher Refresher, FreshBoard Board, CurrentModel Current) Refresher()
    {
        var (board, current) = (new FreshBoard(_catalog), new CurrentModel(_catalog));
        var (redis, _) = FakeRedis.Create((_, _) => Task.FromResult<byte[]?[]>([]));
        var options = new ServingOptions { FreshShare = 0, FreshFor = TimeSpan.FromDays(1) };
        return (new FreshRefresher(redis, _catalog, current, board, new Random(1), options, new ManualTime(Queries.Now), NullLogger<FreshRefresher>.Instance), board, current);
    }

    [Fact]
    public async Task A_video_that_comes_is_searched_at_once_and_one_that_goes_is_not_any_more()
    {
        var (refresher, board, current) = Refresher();
        using var _ = refresher;
        current.Publish(_model);
        await refresher.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, _model.Version), (board.Vectors.Count, board.Vectors.ModelVersion));

        Add("new", "bob");
        Add("unlike anything", "nobody");
        refresher.TakeNews();
        Assert.Equal(1, board.Vectors.Count);
        Assert.Contains((await SearchAsync(board.Vectors)).Candidates, c => c.VideoId == "new" && c.Source == Source.Fresh);

        _catalog.Delete("new");
        Assert.DoesNotContain((await SearchAsync(board.Vectors)).Candidates, c => c.VideoId == "new");
        await refresher.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, board.Vectors.Count);

        Add("gone already", "bob");
        _catalog.Delete("gone already");
        refresher.TakeNews();
        Assert.DoesNotContain((await SearchAsync(board.Vectors)).Candidates, c => c.VideoId == "gone already");
    }

    [Fact]
    public void Another_model_has_vectors_of_new_videos_at_once_but_for_those_that_it_knows()
    {
        var (refresher, board, current) = Refresher();
        using var _ = refresher;
        current.Publish(_model);
        Add("new", "bob");
        Add("a15", "ann", "music");
        refresher.TakeNews();
        Assert.Equal((_model.Version, 2), (board.Vectors.ModelVersion, board.Vectors.Count));

        // It has a0 to a19.
        current.Publish(SmallModel.Create(version: "next", items: 40));
        refresher.TakeNews();
        Assert.Equal(("next", 1, 0, -1), (board.Vectors.ModelVersion, board.Vectors.Count, board.Vectors.Find("new"), board.Vectors.Find("a15")));
    }
}
