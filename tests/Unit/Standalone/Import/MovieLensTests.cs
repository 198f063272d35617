using Recommender.Standalone.Cli;

namespace Recommender.Tests.Unit.Standalone.Import;

public sealed class MovieLensTests
{
    [Theory]
    [InlineData("user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881250949\n")]
    [InlineData("196\t242\t3\t881250949\n")]
    [InlineData("196::242::3::881250949\n")]
    [InlineData("userId,movieId,rating,timestamp\r\n196,242,3.0,881250949\r\n")]
    [InlineData("196,242,3.0,881250949")]
    [InlineData("\ufeffrating:float\ttimestamp:float\titem_id:token\tuser_id:token\n3\t881250949\t242\t196\n")]
    [InlineData("\n\n196\t242\t3\t881250949\n\n")]
    public void Every_known_layout_is_read(string text)
    {
        var read = ImportedFile.Of("movielens", text);

        Assert.Empty(read.BadLines);
        Assert.Equal(["view 196 242"], read.Said);
        Assert.Equal(881250949, read.Events.Single().OccurredAt.Seconds);
        Assert.Null(read.Events.Single().WatchTime);
    }

    [Theory]
    [InlineData("5", "like")]
    [InlineData("4", "like")]
    [InlineData("3.5", null)]
    [InlineData("2.5", null)]
    [InlineData("2", "not_interested")]
    [InlineData("0.5", "not_interested")]
    public void A_rating_is_a_view_and_says_what_was_thought_of_it(string rating, string? feedback)
    {
        string[] expected = feedback is null ? ["view 1 2"] : ["view 1 2", $"{feedback} 1 2"];
        Assert.Equal(expected, ImportedFile.Of("movielens", $"1\t2\t{rating}\t881250949\n").Said);
    }

    [Theory]
    [InlineData("1\t2\tgood\t881250949", "rating is 'good'; a number is expected")]
    [InlineData("1\t2\t3", "4 fields are expected and 3 found")]
    [InlineData("1\t2\t3\t881250949000", "timestamp is '881250949000'; seconds since 1970 are expected")]
    [InlineData("\t2\t3\t881250949", "user is empty")]
    [InlineData("1\t2\tInfinity\t881250949", "rating is 'Infinity'; a number is expected")]
    public void A_bad_line_is_skipped_with_its_number_and_reason(string line, string reason)
    {
        var read = ImportedFile.Of("movielens", $"7\t8\t3\t1\n{line}\n");
        Assert.Equal([(2L, reason)], read.BadLines.Select(b => (b.Line, b.Reason)));
        Assert.Equal(["view 7 8"], read.Said);
    }

    [Fact]
    public void An_item_file_of_RecBole_describes_videos()
    {
        var video = ImportedFile.Of("movielens", "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n1\tToy Story\t1995\tAnimation Children's Comedy\n").Videos.Single();

        Assert.Equal(("1", "Toy Story"), (video.VideoId, video.Title));
        Assert.Equal(["Animation", "Children's", "Comedy"], video.Tags);
        Assert.Equal("1995", video.Attributes["release_year"]);
    }

    [Fact]
    public void An_item_file_with_quotes_describes_videos()
    {
        var read = ImportedFile.Of("movielens", "movieId,title,genres\n11,\"American President, The (1995)\",Comedy|Drama\n12,\"The \"\"Burbs\",(no genres listed)\n13,\"open,Drama\n");

        Assert.Equal(["American President, The (1995)", "The \"Burbs"], read.Videos.Select(v => v.Title));
        Assert.Equal([2, 0], read.Videos.Select(v => v.Tags.Count));
        Assert.Equal("a double quote is not closed", Assert.Single(read.BadLines).Reason);
    }

    [Theory]
    [InlineData("user_id:token\tage:token\tgender:token\n1\t24\tM\n")]
    [InlineData("user_id\titem_id\trating\n1\t2\t3\n")]
    [InlineData("a line of prose\n")]
    public void A_file_of_another_kind_is_refused_as_a_whole(string text) =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<CommandFailure>(() => ImportedFile.Of("movielens", text)).ExitCode);
}
