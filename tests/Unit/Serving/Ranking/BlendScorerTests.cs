using Recommender.Serving;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Ranking;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Ranking;

public class BlendScorerTests
{
    private static readonly ServingOptions s_options = new() { TrendingWeight = 0.02, SimilarWeight = 0.5 };

    private static ViewerQuery RealTime()
    {
        var query = Queries.Create(model: SmallModel.Create(), trending: Queries.Trending("b1", "a1"), options: s_options);
        query.Tier = Tier.RealTime;
        query.Vector = new float[] { 1, 0, 0, 0 };
        return query;
    }

    [Fact]
    public void The_real_time_score_is_the_inner_product_of_viewer_and_video()
    {
        var score = BlendScorer.Score(RealTime(), new Candidate { VideoId = "a2", Source = Source.Realtime, Item = 2 });
        Assert.Equal(0.9, score.Relevance, 6);
        Assert.Equal(0, score.Affinity);
    }

    [Fact]
    public void The_score_does_not_depend_on_the_source_that_proposed_the_video()
    {
        var query = RealTime();
        var scores = new[] { Source.Realtime, Source.Trending, Source.Similar }
            .Select(source => BlendScorer.Score(query, new Candidate { VideoId = "a1", Source = source, Item = 1 })).Distinct();
        Assert.Single(scores);
    }

    [Fact]
    public void What_was_just_liked_draws_its_neighbours_up()
    {
        var query = RealTime();
        query.JustLiked.Add(12);
        var near = BlendScorer.Score(query, new Candidate { VideoId = "b3", Source = Source.Similar, Item = 13 });
        var far = BlendScorer.Score(query, new Candidate { VideoId = "a3", Source = Source.Realtime, Item = 3 });
        Assert.InRange(near.Affinity, 0.49, 0.5);
        Assert.InRange(far.Affinity, 0, 0.1);
    }

    [Fact]
    public void The_most_trending_video_gains_the_whole_weight_and_the_next_half_of_it()
    {
        var query = RealTime();
        var first = BlendScorer.Score(query, new Candidate { VideoId = "b1", Source = Source.Trending, Item = -1 });
        var second = BlendScorer.Score(query, new Candidate { VideoId = "a1", Source = Source.Trending, Item = -1 });
        Assert.Equal(0.02, first.Total, 9);
        Assert.Equal(0.01, second.Total, 9);
    }

    [Fact]
    public void Popularity_orders_what_does_not_trend()
    {
        var query = Queries.Create(model: SmallModel.Create());
        var first = BlendScorer.Score(query, new Candidate { VideoId = "a0", Source = Source.Trending, Item = 0 });
        var second = BlendScorer.Score(query, new Candidate { VideoId = "a1", Source = Source.Trending, Item = 1 });
        Assert.True(first.Total > second.Total);
        Assert.True(first.Total < 0.001);
    }

    [Fact]
    public void A_listed_video_has_the_score_that_the_list_gave_it()
    {
        var query = Queries.Create();
        query.Tier = Tier.Precomputed;
        Assert.Equal(0.75, BlendScorer.Score(query, new Candidate { VideoId = "v", Source = Source.Precomputed, Item = -1, ListScore = 0.75f }).Relevance, 6);
    }
}
