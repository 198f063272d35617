using Recommender.Standalone.Cli;
using Recommender.V1;

namespace Recommender.Tests.Unit.Standalone.Import;

public sealed class KuaiRandTests
{
    private const string Header = "user_id\tvideo_id\tdate\thourmin\ttime_ms\tis_click\tis_follow\tis_comment\tis_forward\tlong_view\tplay_time_ms\tduration_ms\tcomment_stay_time\tis_profile_enter\tlabel\ttimestamp\n";

    private static string Row(int playMs = 46186, int durationMs = 45916, int label = 1, int follow = 0, int forward = 0) =>
        $"111\t3892024\t20220410\t1700\t1649581149287\t1\t{follow}\t0\t{forward}\t1\t{playMs}\t{durationMs}\t7639\t0\t{label}\t2022-04-10 08:59:09\n";

    [Fact]
    public void A_row_is_a_view_with_its_watch_time_and_a_like()
    {
        var read = ImportedFile.Of("kuairand", Header + Row());

        Assert.Equal(["view 111 3892024", "like 111 3892024"], read.Said);
        var view = read.Events.First();
        Assert.Equal(TimeSpan.FromMilliseconds(46186), view.WatchTime.ToTimeSpan());
        Assert.Equal(new DateTimeOffset(2022, 4, 10, 8, 59, 9, 287, TimeSpan.Zero), view.OccurredAt.ToDateTimeOffset());
        Assert.Null(read.Events.Last().WatchTime);
        Assert.Empty(read.BadLines);
    }

    [Fact]
    public void Label_0_is_not_interested_and_the_flags_are_share_and_follow() => Assert.Equal(
        ["view 111 3892024", "not_interested 111 3892024", "share 111 3892024", "follow 111 3892024"],
        ImportedFile.Of("kuairand", Header + Row(label: 0, follow: 1, forward: 1)).Said);

    [Fact]
    public void The_duration_goes_to_the_catalog_once_and_0_means_unknown()
    {
        var read = ImportedFile.Of("kuairand", Header + Row() + Row() + Row(durationMs: 0));

        var video = Assert.Single(read.Videos);
        Assert.Equal(("3892024", TimeSpan.FromMilliseconds(45916)), (video.VideoId, video.Duration.ToTimeSpan()));
    }

    [Fact]
    public void What_was_not_played_is_feedback_alone_or_a_skip()
    {
        const string Original = "user_id,video_id,time_ms,is_like,is_hate,play_time_ms\n";
        Assert.Equal(["like 1 2", "skip 1 3", "not_interested 1 4"], ImportedFile.Of("kuairand", Original + "1,2,1649581149287,1,0,0\n1,3,1649581149287,0,0,0\n1,4,1649581149287,0,1,0.0\n").Said);
    }

    [Fact]
    public void Without_time_ms_the_utc_timestamp_counts() => Assert.Equal(
        new DateTimeOffset(2022, 4, 10, 8, 59, 9, TimeSpan.Zero),
        ImportedFile.Of("kuairand", "user_id,video_id,timestamp,play_time_ms\n1,2,2022-04-10 08:59:09,5\n").Events.Single().OccurredAt.ToDateTimeOffset());

    [Theory]
    [InlineData("1\t2\t3", "4 fields are expected and 3 found")]
    [InlineData("1\t2\tx\t5", "time_ms is 'x'; a number is expected")]
    [InlineData("1\t2\t1649581149287\t-5", "play_time_ms is '-5'; it can't be negative")]
    [InlineData("1\t2\t1649581149287\t5.5", "play_time_ms is '5.5'; whole milliseconds are expected")]
    [InlineData("1\t2\t1e300\t5", "time_ms is '1e300'; whole milliseconds are expected")]
    [InlineData("\t2\t1649581149287\t5", "user_id is empty")]
    [InlineData("1\t \t1649581149287\t5", "video_id is empty")]
    [InlineData("1\t2\tNaN\t5", "time_ms is 'NaN'; a number is expected")]
    public void A_bad_line_is_skipped_with_its_number_and_reason(string line, string reason)
    {
        var read = ImportedFile.Of("kuairand", $"user_id\tvideo_id\ttime_ms\tplay_time_ms\n7\t8\t1649581149287\t9\n{line}\n7\t9\t1649581149287\t9\n");

        var bad = Assert.Single(read.BadLines);
        Assert.Equal((3, reason), (bad.Line, bad.Reason));
        Assert.Equal(["view 7 8", "view 7 9"], read.Said);
    }

    [Theory]
    [InlineData("label", "2", "label is '2'; 1 (like) or 0 (hate) is expected")]
    [InlineData("is_forward", "x", "is_forward is 'x'; 0 or 1 is expected")]
    public void A_bad_flag_makes_the_whole_line_bad(string column, string value, string reason)
    {
        var read = ImportedFile.Of("kuairand", $"user_id,video_id,time_ms,play_time_ms,{column},duration_ms\n7,8,1649581149287,9,{value},10\n");

        Assert.Equal(reason, Assert.Single(read.BadLines).Reason);
        Assert.Empty(read.Events);
        Assert.Empty(read.Videos);
    }

    [Fact]
    public void A_file_without_the_header_is_refused_as_a_whole()
    {
        var e = Assert.Throws<CommandFailure>(() => ImportedFile.Of("kuairand", "1\t2\t3\t4\n"));
        Assert.Equal(ExitCode.Usage, e.ExitCode);
        Assert.Contains("no header of a KuaiRand log", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_of_events_follow_from_their_content_alone()
    {
        var first = ImportedFile.Of("kuairand", Header + Row() + Row(label: 0)).Events.Select(e => e.EventId).ToArray();
        var again = ImportedFile.Of("kuairand", Header + "\n" + Row(label: 0)).Events.Select(e => e.EventId).ToArray();

        Assert.Equal(first[2..], again);
        Assert.Equal(first[0], first[2]); // the same view
        Assert.Equal(3, first.Distinct().Count());
        Assert.All(first, id => Assert.Matches("^[0-9a-f]{32}$", id));
    }

    [Fact]
    public void The_prefix_stands_before_users_and_videos()
    {
        var read = ImportedFile.Of("kuairand", Header + Row(), prefix: "k-");

        Assert.Equal(["view k-111 k-3892024", "like k-111 k-3892024"], read.Said);
        Assert.Equal("k-3892024", read.Videos.Single().VideoId);
        Assert.NotEqual(ImportedFile.Of("kuairand", Header + Row()).Events.First().EventId, read.Events.First().EventId);
        Assert.Equal(EventType.View, read.Events.First().Type);
    }
}
