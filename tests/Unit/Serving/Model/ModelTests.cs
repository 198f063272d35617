using Recommender.Hosting.Online;
using Recommender.Modeling.Retrieval;
using Recommender.Serving;
using Recommender.Serving.Catalog;
using Recommender.Serving.Model;

namespace Recommender.Tests.Unit.Serving.Model;

public class ModelTests
{
    [Fact]
    public void Videos_are_found_by_id_and_by_hash()
    {
        var model = SmallModel.Create();
        Assert.True(model.TryFind("b3", out var byId));
        Assert.True(model.TryFind(StableHash.Of("b3"), out var byHash));
        Assert.Equal((13, 13), (byId, byHash));
        Assert.Equal(StableHash.Of("b3"), model.HashOf(13));
        Assert.Equal("b3", model.IdOf(13));
        Assert.False(model.TryFind("c1", out _));
    }

    [Fact]
    public void What_the_catalog_says_of_a_video_is_what_it_says_now()
    {
        var (model, catalog) = (SmallModel.Create(), new VideoCatalog(new ServingOptions()));
        Assert.Null(model.VideoOf(13, catalog));
        catalog.Upsert("b3", "first", 1000);
        Assert.Equal("first", model.VideoOf(13, catalog)?.AuthorId);
        catalog.Upsert("b3", "second", 1000);
        Assert.Equal("second", model.VideoOf(13, catalog)?.AuthorId);
        catalog.Delete("b3");
        Assert.True(model.VideoOf(13, catalog)?.IsDeleted);
        catalog.Upsert("b3", "third", 1000);
        Assert.Equal("third", model.VideoOf(13, catalog)?.AuthorId);
    }

    [Fact]
    public void A_search_and_a_single_score_have_the_same_bits()
    {
        var random = new Random(1);
        var (rows, viewer, found) = (Numbers(5000 * 12), Numbers(12), new ScoredItem[40]);
        var factors = new ItemFactors(rows, 12, settings: null);
        Assert.Equal(40, factors.Search(viewer, default, found));
        Assert.All(found, hit => Assert.Equal(hit.Score, factors.Score(viewer, hit.Item)));

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    [Fact]
    public void Popularity_is_relative_to_the_most_popular_video()
    {
        var model = SmallModel.Create();
        Assert.Equal(0, model.Popular.Span[0].Item);
        Assert.Equal(1, model.PopularityOf(0), 6);
        Assert.Equal(0.9, model.PopularityOf(10), 6);
    }

    [Fact]
    public void Neighbours_come_nearest_first_without_the_video_itself()
    {
        var factors = SmallModel.Create().Factors!;
        var neighbours = factors.Neighbours(15, 20);
        Assert.DoesNotContain(neighbours, n => n.Item == 15);
        Assert.All(neighbours[..9], n => Assert.InRange(n.Item, 10, 19));
        for (var i = 1; i < neighbours.Length; i++) Assert.True(neighbours[i - 1].Score >= neighbours[i].Score);
        Assert.Equal(factors.Cosine(15, neighbours[0].Item), neighbours[0].Score, 5);
        Assert.Same(neighbours, factors.Neighbours(15, 20));
    }

    [Fact]
    public void The_memory_of_neighbours_is_bounded()
    {
        var cache = new NeighbourCache();
        for (var item = 0; item < 8192; item++) cache.Put(item, new ScoredItem[256]);
        Assert.NotNull(cache.Get(0));
        cache.Put(8192, [new ScoredItem(1, 1)]);
        Assert.Null(cache.Get(0));
        Assert.Single(cache.Get(8192)!);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(67)]
    public void The_inner_product_takes_every_number_in(int length)
    {
        var a = Enumerable.Range(1, length).Select(i => (float)i).ToArray();
        var b = Enumerable.Repeat(2f, length).ToArray();
        Assert.Equal(length * (length + 1), Vectors.Dot(a, b));
        Assert.Throws<ArgumentException>(() => Vectors.Dot(a, new float[length + 1]));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_number_that_is_not_finite_is_found_wherever_it_is(float bad)
    {
        for (var at = 0; at < 37; at++)
        {
            var values = Enumerable.Repeat(1e30f, 37).ToArray();
            Assert.True(Vectors.AreFinite(values));
            values[at] = bad;
            Assert.False(Vectors.AreFinite(values));
        }
    }

    [Fact]
    public void The_expected_cost_follows_what_is_measured()
    {
        var cost = new RealTimeCost();
        cost.Reset(TimeSpan.FromMilliseconds(10));
        cost.Add(TimeSpan.FromMilliseconds(20));
        Assert.Equal(11, cost.Expected.TotalMilliseconds, 6);
        for (var i = 0; i < 200; i++) cost.Add(TimeSpan.FromMilliseconds(20));
        Assert.Equal(20, cost.Expected.TotalMilliseconds, 3);
    }

    [Fact]
    public void Warming_up_measures_models_with_and_without_factors()
    {
        Assert.Equal(TimeSpan.Zero, WarmUp.Run(SmallModel.Create(withFactors: false), TimeProvider.System));
        Assert.InRange(WarmUp.Run(SmallModel.Create(), TimeProvider.System), TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
    }
}
