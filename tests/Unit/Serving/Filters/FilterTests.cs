using Recommender.Hosting.Online;
using Recommender.Serving.Catalog;
using Recommender.Serving.Filters;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Filters;

public class FilterTests
{
    private static bool Keeps(ICandidateFilter filter, ViewerQuery query, string videoId, CatalogVideo? video = null)
    {
        var candidate = Queries.Candidate(videoId);
        candidate.Video = video;
        return filter.Keeps(query, ref candidate);
    }

    [Fact]
    public void What_the_viewer_did_something_with_lately_is_seen()
    {
        var query = Queries.Create(Queries.State(("watched", EventType.View, 1), ("skipped", EventType.Skip, 2)));
        Assert.False(Keeps(new SeenFilter(), query, "watched"));
        Assert.False(Keeps(new SeenFilter(), query, "skipped"));
        Assert.True(Keeps(new SeenFilter(), query, "other"));
    }

    [Fact]
    public void What_was_seen_long_ago_is_remembered_by_its_hash()
    {
        var state = Queries.State();
        state.OlderSeen.Add(StableHash.Of("old"));
        Assert.False(Keeps(new SeenFilter(), Queries.Create(state), "old"));
        Assert.True(Keeps(new SeenFilter(), Queries.Create(state), "older"));
    }

    [Fact]
    public void The_hash_of_a_video_that_the_model_knows_comes_from_the_model()
    {
        var model = SmallModel.Create();
        var state = Queries.State();
        state.OlderSeen.Add(StableHash.Of("b3"));
        var query = Queries.Create(state, model: model);
        var candidate = new Candidate { VideoId = "b3", Source = Source.Realtime, Item = 13 };
        Assert.False(new SeenFilter().Keeps(query, ref candidate));
        var other = new Candidate { VideoId = "b4", Source = Source.Realtime, Item = 14 };
        Assert.True(new SeenFilter().Keeps(query, ref other));
    }

    [Fact]
    public void What_the_request_calls_recent_is_seen() =>
        Assert.False(Keeps(new SeenFilter(), Queries.Create(request: r => r.RecentVideoIds.Add("v")), "v"));

    [Fact]
    public void Following_an_author_does_not_make_the_video_seen() =>
        Assert.True(Keeps(new SeenFilter(), Queries.Create(Queries.State(("v", EventType.Follow, 1))), "v"));

    [Fact]
    public void Seen_videos_are_kept_where_the_request_asks_for_them() =>
        Assert.True(Keeps(new SeenFilter(), Queries.Create(Queries.State(("v", EventType.View, 1)), request: r => r.IncludeSeen = true), "v"));

    [Fact]
    public void What_the_viewer_is_not_interested_in_stays_out_even_where_seen_videos_are_asked_for()
    {
        var state = Queries.State();
        state.Hidden.Add(StableHash.Of("never"));
        var query = Queries.Create(state, request: r => r.IncludeSeen = true);
        Assert.False(Keeps(new HiddenFilter(), query, "never"));
        Assert.True(Keeps(new HiddenFilter(), query, "other"));
    }

    [Fact]
    public void Deleted_videos_stay_out_and_videos_without_catalog_entry_do_not()
    {
        var query = Queries.Create();
        Assert.False(Keeps(new DeletedFilter(), query, "v", new CatalogVideo("v", 0, "", 0, IsDeleted: true)));
        Assert.True(Keeps(new DeletedFilter(), query, "v", new CatalogVideo("v", 0, "", 0, IsDeleted: false)));
        Assert.True(Keeps(new DeletedFilter(), query, "v"));
    }

    [Fact]
    public void What_the_request_excludes_stays_out()
    {
        var query = Queries.Create(request: r => r.ExcludeVideoIds.Add("v"));
        Assert.False(Keeps(new ExcludedFilter(), query, "v"));
        Assert.True(Keeps(new ExcludedFilter(), query, "w"));
    }
}
