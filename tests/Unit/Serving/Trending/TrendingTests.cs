using Recommender.Hosting.Online;
using Recommender.Serving;
using Recommender.Serving.Trending;

namespace Recommender.Tests.Unit.Serving.Trending;

public class TrendingTests
{
    private static readonly TimeSpan s_day = TimeSpan.FromHours(24);

    [Fact]
    public void Partitions_are_added_up()
    {
        // 2^3 + 2^3 = 2^4 beats 2^3.5, which leads in its own partition.
        var window = new TrendingWindow("24h", s_day, [[("a", 3), ("b", 3.5)], [("a", 3)]]);
        Assert.Equal(["a", "b"], window.Videos.Select(v => v.VideoId));
        Assert.Equal(4, window.Videos[0].Engagement.Log2, 9);
        Assert.Equal(StableHash.Of("a"), window.Videos[0].Hash);
    }

    [Fact]
    public void The_order_of_the_partitions_does_not_matter()
    {
        (string, double)[][] parts = [[("a", 1), ("b", 2)], [("b", 1.5), ("c", 2.2)], [("a", 2.1)]];
        var forwards = new TrendingWindow("24h", s_day, parts);
        var backwards = new TrendingWindow("24h", s_day, parts.Reverse());
        Assert.Equal(forwards.Videos.Select(v => v.VideoId), backwards.Videos.Select(v => v.VideoId));
    }

    [Fact]
    public void Ratios_are_relative_to_the_most_trending_video()
    {
        var window = new TrendingWindow("24h", s_day, [[("a", 10), ("b", 8)]]);
        Assert.Equal(1, window.RatioOf("a"), 9);
        Assert.Equal(0.25, window.RatioOf("b"), 9);
        Assert.Equal(0, window.RatioOf("unknown"));
        Assert.Equal(0, new TrendingWindow("24h", s_day, []).RatioOf("a"));
    }

    [Fact]
    public void Videos_without_engagement_are_left_out() => Assert.Equal(
        ["a"], new TrendingWindow("24h", s_day, [[("a", 1), ("b", double.NegativeInfinity), ("c", double.NaN)]]).Videos.Select(v => v.VideoId));

    [Fact]
    public void Level_videos_are_ordered_by_id() =>
        Assert.Equal(["a", "b"], new TrendingWindow("24h", s_day, [[("b", 1), ("a", 1)]]).Videos.Select(v => v.VideoId));

    [Fact]
    public void A_board_has_every_window_before_it_was_read_but_is_not_current()
    {
        var board = new TrendingBoard(new ServingOptions(), new ManualTime());
        Assert.Empty(board.Find("1h")!.Videos);
        Assert.Empty(board.Find("24h")!.Videos);
        Assert.Empty(board.Find("7d")!.Videos);
        Assert.Null(board.Find("1y"));
        Assert.False(board.IsCurrent);
        Assert.Null(board.Age);
    }

    [Fact]
    public void A_board_is_current_until_it_was_not_read_for_too_long()
    {
        var time = new ManualTime();
        var board = new TrendingBoard(new ServingOptions { TrendingMaxAge = TimeSpan.FromSeconds(10) }, time);
        board.Publish([new TrendingWindow("24h", s_day, [[("a", 1)]])]);
        Assert.True(board.IsCurrent);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(board.IsCurrent);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(board.IsCurrent);
        Assert.Equal("a", board.Find("24h")!.Videos[0].VideoId);
    }
}
