using Recommender.Hosting.Online;
using Recommender.Serving;
using Recommender.Serving.Candidates;
using Recommender.Serving.Catalog;
using Recommender.Serving.Fresh;
using Recommender.Serving.Model;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Ranking;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Fresh;

public class ColdVectorTests
{
    private readonly VideoCatalog _catalog = new(new ServingOptions());
    private readonly ModelGeneration _model = SmallModel.Create();
    private readonly FirstViewers _firstViewers = new();

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
        return new ColdVectorMaker(_model, _catalog, new TagVectors(_model, _catalog), _firstViewers).TryMake(video, vector) ? vector : null;
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
        _firstViewers.Add(_model.Version, "new", 1, [0, 2, 0, 0]);
        var once = Make(video)!;
        _firstViewers.Add(_model.Version, "new", 1, [9, 0, 0, 0]);
        Assert.Equal(once, Make(video));
        Assert.True(once[1] > 0 && once[0] == 0);
        _firstViewers.Add(_model.Version, "new", 2, [0, 1, 0, 0]);
        Assert.True(Make(video)![1] > once[1], "more viewers, more certainty");
        _firstViewers.Add("another model", "other", 3, [1, 0, 0, 0]);
        Assert.Null(Make(video));
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
        await new FirstViewersHydrator(board).HydrateAsync(query, TestContext.Current.CancellationToken);
        var known = new[] { "liked", "watched", "glimpsed", "skipped" }.Select(id => board.FirstViewers.AddTo(_model.Version, id, new float[4]));
        Assert.Equal([1, 1, 0, 0], known);
    }

    [Fact]
    public async Task New_videos_that_fit_compete_by_score()
    {
        var cold = new ColdVectors(_model.Version, ["near", "far", "against"], [0, 0.9f, 0, 0, 0, 0.1f, 0, 0, 0, -1, 0, 0], 4);
        var query = Queries.Create(model: _model, cold: cold);
        query.Tier = Tier.RealTime;
        query.Vector = new float[] { 0, 1, 0, 0 };
        var sink = new CandidateSink(0, [new CatalogHydrator(_catalog)], []);
        await new ColdSource().ProposeAsync(query, sink, TestContext.Current.CancellationToken);
        Assert.Equal(["near", "far"], sink.Candidates.Select(c => c.VideoId));
        Assert.All(sink.Candidates, c => Assert.False(c.IsExploration));
        Assert.Equal(0.9, new BlendScorer().Score(query, sink.Candidates[0]).Relevance, 6);
    }
}
