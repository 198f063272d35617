using Recommender.Hosting.Online;

namespace Recommender.Tests.Unit.Hosting;

public class LogWatermarksTests
{
    [Fact]
    public void Offsets_of_another_log_mean_nothing()
    {
        var marks = new LogWatermarks();
        marks.Advance(1, 0, 0, 100);
        Assert.True(marks.Covers(1, 0, 0, 99));
        Assert.False(marks.Covers(1, 0, 0, 100));
        Assert.False(marks.Covers(2, 0, 0, 0));
        marks.Advance(2, 0, 0, 1);
        Assert.False(marks.Covers(1, 0, 0, 50));
        Assert.True(marks.Covers(2, 0, 0, 0));
    }

    [Fact]
    public void A_recreated_topic_leaves_the_watermarks_of_the_others_alone()
    {
        var marks = new LogWatermarks();
        marks.Advance(1, 0, 3, 100);
        marks.Advance(2, 1, 3, 50);
        marks.Advance(9, 0, 3, 4); // topic 0 is another log now
        var read = LogWatermarks.Decode(marks.Encode());
        Assert.Equal(marks.Entries, read.Entries);
        Assert.Equal(4, read.Next(9, 0, 3));
        Assert.Equal(0, read.Next(1, 0, 3));
        Assert.Equal(50, read.Next(2, 1, 3));
        Assert.Empty(LogWatermarks.Decode([]).Entries);
    }

    [Fact]
    public void A_watermark_never_moves_back()
    {
        var marks = new LogWatermarks();
        marks.Advance(1, 0, 0, 100);
        marks.Advance(1, 0, 0, 50);
        Assert.Equal(100, marks.Next(1, 0, 0));
    }
}
