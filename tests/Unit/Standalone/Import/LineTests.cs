using System.Text;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Import;

namespace Recommender.Tests.Unit.Standalone.Import;

public sealed class LineTests
{
    [Fact]
    public void A_gzipped_file_is_known_by_its_content()
    {
        var read = ImportedFile.Of("sequences", ImportedFile.Gzip("1 2\n3 4\n"));
        Assert.Equal(["view 1 2", "view 3 4"], read.Said);
    }

    [Fact]
    public void A_cut_off_gzip_file_is_damaged_after_the_last_whole_line()
    {
        var random = new Random(3);
        var whole = ImportedFile.Gzip(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i} {random.Next()}\n")));
        var e = Assert.Throws<CommandFailure>(() => ImportedFile.Of("sequences", whole[..(whole.Length / 2)]));
        Assert.Matches("is damaged after line [1-9][0-9]+", e.Message);
        Assert.Equal(ExitCode.Failed, e.ExitCode);
    }

    [Fact]
    public void Line_numbers_count_blank_lines_and_the_header()
    {
        var read = ImportedFile.Of("movielens", "user_id\titem_id\trating\ttimestamp\n\n \t \n1\t2\t3\t4\nbad\n");
        Assert.Equal((4, 5), (read.LineEvents.Single().Line, read.BadLines.Single().Line));
    }

    [Fact]
    public void Invalid_utf8_makes_a_bad_line_and_no_more()
    {
        var read = ImportedFile.Of("sequences", [.. "1 2\n"u8, 0x35, 0x20, 0xff, 0x0a, .. "3 4\n"u8]);
        Assert.Equal((2, "the line is not valid UTF-8"), (read.BadLines.Single().Line, read.BadLines.Single().Reason));
        Assert.Equal(["view 1 2", "view 3 4"], read.Said);
    }

    [Fact]
    public void A_line_of_many_items_is_read_and_one_without_end_is_skipped()
    {
        var many = "1" + string.Concat(Enumerable.Range(0, 60_000).Select(i => $" {i}"));
        var endless = new string('x', LineReader.MaxLineBytes + 1);
        var read = ImportedFile.Of("sequences", $"{many}\n{endless}\n3 4\n");

        Assert.Equal(60_001, read.LineEvents.Count);
        Assert.Equal((2, "the line is longer than 16 MiB"), (read.BadLines.Single().Line, read.BadLines.Single().Reason));
        Assert.Equal("view 3 4", read.Said.Last());
    }

    [Fact]
    public void Only_the_last_event_of_a_line_is_marked_so() =>
        Assert.Equal([(1, false), (1, true), (2, true)], ImportedFile.Of("sequences", "1 2 3\n4 5\n").LineEvents.Select(e => ((int)e.Line, e.IsLast)));

    [Fact]
    public void Lines_before_the_place_of_resumption_are_left_out_but_the_header_counts()
    {
        var read = ImportedFile.Of("movielens", "rating\titem_id\tuser_id\ttimestamp\n3\ta\tx\t1\nbad\n3\tb\ty\t2\n", skipThrough: 3);
        Assert.Equal(["view y b"], read.Said);
        Assert.Empty(read.BadLines);
        Assert.Equal(1, read.Lines);
    }

    [Fact]
    public void A_big_file_is_read_whole_whatever_the_buffer()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 50_000; i++) text.Append('u').Append(i).Append(' ').Append(new string('v', i % 97 + 1)).Append('\n');
        var read = ImportedFile.Of("sequences", text.ToString());
        Assert.Equal(50_000, read.LineEvents.Count);
        Assert.All(read.LineEvents, e => Assert.Equal(($"u{e.Line - 1}", (int)((e.Line - 1) % 97 + 1)), (e.Event.UserId, e.Event.VideoId.Length)));
    }
}
