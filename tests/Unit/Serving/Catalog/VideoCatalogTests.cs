using Recommender.Serving;
using Recommender.Serving.Catalog;
using Recommender.Serving.Model;

namespace Recommender.Tests.Unit.Serving.Catalog;

public class VideoCatalogTests
{
    private static string[] Ids(IEnumerable<CatalogVideo> videos) => [.. videos.Select(v => v.VideoId)];

    [Fact]
    public void The_newest_videos_come_first()
    {
        var catalog = new VideoCatalog(new ServingOptions());
        catalog.Upsert("old", "x", 1000);
        catalog.Upsert("new", "x", 3000);
        catalog.Upsert("middle", "y", 2000);
        Assert.Equal(["new", "middle", "old"], Ids(catalog.Newest()));
        Assert.Equal(3, catalog.Count);
    }

    [Fact]
    public void A_video_that_changes_its_date_moves()
    {
        var catalog = new VideoCatalog(new ServingOptions());
        catalog.Upsert("a", "x", 1000);
        catalog.Upsert("b", "x", 2000);
        catalog.Upsert("a", "y", 3000);
        Assert.Equal(["a", "b"], Ids(catalog.Newest()));
        Assert.True(catalog.TryFind("a", out var video));
        Assert.Equal("y", video.AuthorId);
        Assert.Equal(2, catalog.Count);
    }

    [Fact]
    public void A_deleted_video_is_known_as_deleted_and_can_come_back()
    {
        var catalog = new VideoCatalog(new ServingOptions());
        catalog.Upsert("v", "x", 1000);
        catalog.Delete("v");
        Assert.True(catalog.IsDeleted("v"));
        Assert.Empty(catalog.Newest());
        Assert.Equal(0, catalog.Count);
        catalog.Upsert("v", "x", 1000);
        Assert.False(catalog.IsDeleted("v"));
        Assert.Equal(["v"], Ids(catalog.Newest()));
        Assert.Equal(1, catalog.Count);
    }

    [Fact]
    public void A_video_can_be_deleted_before_it_was_known()
    {
        var catalog = new VideoCatalog(new ServingOptions());
        catalog.Delete("v");
        catalog.Delete("v");
        Assert.True(catalog.IsDeleted("v"));
        Assert.Equal(0, catalog.Count);
    }

    [Fact]
    public void Only_the_newest_are_kept_in_order()
    {
        var newest = new NewestVideos(3);
        foreach (var i in (int[])[5, 1, 4, 2, 3]) newest.Add(new CatalogVideo($"v{i}", 0, "", i, false));
        Assert.Equal(["v5", "v4", "v3"], Ids(newest.Snapshot()));
    }

    [Fact]
    public void A_snapshot_does_not_change_afterwards()
    {
        var newest = new NewestVideos(3);
        var video = new CatalogVideo("v", 0, "", 1, false);
        newest.Add(video);
        var before = newest.Snapshot();
        newest.Remove(video);
        Assert.Same(video, Assert.Single(before));
        Assert.Empty(newest.Snapshot());
    }

    [Fact]
    public void Deletions_reach_the_search_of_the_model_that_answers()
    {
        var catalog = new VideoCatalog(new ServingOptions());
        var current = new CurrentModel(catalog);
        catalog.Delete("a1");
        var first = SmallModel.Create("1");
        current.Publish(first);
        Assert.Equal(1UL << 1, first.Deleted[0]);
        catalog.Delete("b0");
        Assert.Equal((1UL << 1) | (1UL << 10), first.Deleted[0]);
        catalog.Upsert("a1", "x", 1000);
        Assert.Equal(1UL << 10, first.Deleted[0]);
        var second = SmallModel.Create("2");
        current.Publish(second);
        Assert.Equal(1UL << 10, second.Deleted[0]);
        Assert.Same(second, current.Generation);
    }
}
