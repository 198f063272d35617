using Recommender.Tests.Shared;
using Recommender.V1;

namespace Recommender.Tests.Unit.Standalone.Assess;

/// <summary>Whatever comes, there is a report or a sentence.</summary>
public sealed class AssessBadInputTests : IDisposable
{
    private readonly AssessedData _data = new();

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("jsonl", "")]
    [InlineData("movielens", "")]
    [InlineData("kuairand", "")]
    [InlineData("lightgcn", "\n\n")]
    [InlineData("pairs", "user\titem\n")]
    public async Task Nothing_at_all_is_a_no_go(string format, string text)
    {
        var report = await _data.AssessAsync(_data.Write("data", text), format);
        Assert.Equal("No-go: there is no data.", AssessedData.Headline(report));
        Assert.Contains("there is no data", _data.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jsonl", "{\n\n", "1")]
    [InlineData("jsonl", "user,item\n1,2\n1,3\n", "3")]
    [InlineData("signed", "u v NaN\nu v\n", "2")]
    [InlineData("sequences", "u\n", "1")]
    public async Task A_file_of_which_no_line_can_be_used_is_not_called_one_without_data(string format, string text, string lines)
    {
        var report = await _data.AssessAsync(_data.Write("data", text), format);
        Assert.Equal("no_go", AssessedData.Decision(report));
        Assert.Equal($"No-go: none of the lines could be used ({lines} in all); is this their format?", AssessedData.Headline(report));
    }

    [Theory]
    [InlineData("lightgcn", "u a\nw a\nx a\n")]
    [InlineData("pairs", "u a\nu a\nu a\n")]
    [InlineData("pairs", "u a\n")]
    public async Task One_video_is_no_choice(string format, string text)
    {
        var report = await _data.AssessAsync(_data.Write("data", text), format);
        Assert.Equal("no_go", AssessedData.Decision(report));
        Assert.Equal("No-go: there is only one video, and so nothing to choose from.", AssessedData.Headline(report));
        var shares = report.GetProperty("popularity").GetProperty("lorenz").EnumerateArray().Select(s => s.GetDouble()).ToArray();
        Assert.Equal(Enumerable.Range(0, 21).Select(i => i / 20.0), shares, (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Theory]
    [InlineData("sequences", "u a b c d\n")]
    [InlineData("signed", "u a 0\nw a 0\nx b -1\n")]
    [InlineData("movielens", "1\t2\t5\t881250949\n1\t2\t5\t881250949\n1\t2\t5\t881250949\n1\t3\tNaN\t881250949\n1\t4\t5\t881250949\n")]
    [InlineData("kuairand", "user_id\tvideo_id\ttime_ms\tplay_time_ms\tduration_ms\nu\tv\t1\tNaN\t5\nu\tv\t1\t5\tNaN\nu\tv\t1\t0\t0\nu\tw\t1\t3\t1\n")]
    public async Task One_viewer_one_video_and_numbers_that_are_none_give_a_report(string format, string text)
    {
        var report = await _data.AssessAsync(_data.Write("data", text), format);
        Assert.Equal("no_go", AssessedData.Decision(report));
        Assert.Contains("need a menu", AssessedData.Headline(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Equal_counts_everywhere_are_told()
    {
        var equal = Enumerable.Range(0, 80).SelectMany(u => Enumerable.Range(0, 8).Select(i => TestEvents.One($"u{u}", $"v{((u * 8) + (i * 37)) % 80}", (u * 100) + i, EventType.Like)));
        var report = await _data.AssessAsync(_data.WriteEvents(equal.DistinctBy(e => (e.UserId, e.VideoId))));
        Assert.Contains("Every video has the same number of events", AssessedData.Cautions(report), StringComparison.Ordinal);
        Assert.Equal(0, report.GetProperty("popularity").GetProperty("gini").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task Ids_of_any_Unicode_are_ids()
    {
        string[] ids = ["日本語", "emoji-😀", "\u202Ertl", "quote\"'<>&", "e\u0301", "\u00e9", "a b", "ÄÖÜ", new string('x', 400)];
        var events = ids.SelectMany((u, i) => ids.Select((v, j) => TestEvents.One(u, v + "-video", (i * 100) + j, EventType.Like)));
        var report = await _data.AssessAsync(_data.WriteEvents(events));
        Assert.Equal(ids.Length, report.GetProperty("counts").GetProperty("viewers").GetInt32());
        Assert.Equal(ids.Length * ids.Length, report.GetProperty("counts").GetProperty("events").GetInt32());
        Assert.Equal(4, report.GetProperty("checks").GetProperty("odd_id").GetInt32());
    }

    [Theory]
    [InlineData("pairs", 1_000_000)]
    [InlineData("lightgcn", 100_000)]
    public async Task A_viewer_who_chose_everything_is_an_outlier_among_the_others(string format, int row)
    {
        var text = new System.Text.StringBuilder();
        if (format == "pairs") for (var i = 0; i < row; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"9999 {i}\n");
        else text.Append("9999 ").AppendJoin(' ', Enumerable.Range(0, row)).Append('\n');
        for (var viewer = 0; viewer < 60; viewer++)
            for (var i = 0; i < 10; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{viewer} {(viewer % 4 * 100) + (viewer * 7 + (i * 13)) % 60}\n");
        var report = await _data.AssessAsync(_data.Write("data", text.ToString()), format);
        Assert.Equal((61, row), (report.GetProperty("counts").GetProperty("viewers").GetInt32(), report.GetProperty("counts").GetProperty("videos").GetInt32()));
        var outlier = report.GetProperty("outliers").GetProperty("examples")[0];
        Assert.Equal(("9999", row), (outlier.GetProperty("viewer_id").GetString(), outlier.GetProperty("events").GetInt32()));
        Assert.Contains("(1 of 61 viewers); leave them out", AssessedData.Cautions(report), StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", _data.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_and_one_of_another_kind_are_told_in_a_sentence()
    {
        var gzip = Path.Combine(_data.Folder, "data.gz");
        await File.WriteAllBytesAsync(gzip, [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3], TestContext.Current.CancellationToken);
        var (code, _, errors) = await _data.RunAsync(gzip, "--format", "jsonl");
        Assert.Equal(1, code);
        Assert.Contains("is damaged", errors, StringComparison.Ordinal);
        (code, _, errors) = await _data.RunAsync(_data.Write("other", "a,b,c\n1,2,3\n"), "--format", "kuairand");
        Assert.Equal(2, code);
        Assert.Contains("no header of a KuaiRand log", errors, StringComparison.Ordinal);
        (code, _, errors) = await _data.RunAsync(_data.Folder, "--format", "jsonl");
        Assert.Equal((2, $"{_data.Folder} is a folder; name the files in it.\n"), (code, errors));
    }

    [Fact]
    public async Task A_folder_of_something_else_is_not_called_an_empty_archive()
    {
        _data.Write("train.txt", "u a\n");
        var (code, _, errors) = await _data.RunAsync("--archive", _data.Folder);
        Assert.Equal(2, code);
        Assert.Contains("is no event archive", errors, StringComparison.Ordinal);
        var (fresh, output, _) = await _data.RunAsync("--archive", Directory.CreateDirectory(Path.Combine(_data.Folder, "fresh")).FullName);
        Assert.Equal(0, fresh);
        Assert.Contains("No-go: there is no data.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_that_cannot_be_used_are_counted_and_the_first_are_shown()
    {
        var good = TestEvents.Tastes(20, 60).Select(e => System.Text.Encoding.UTF8.GetString(Recommender.Contracts.Json.EventJson.Serialize(e)));
        var report = await _data.AssessAsync(_data.Write("mixed.jsonl", string.Join('\n', good.Concat(Enumerable.Repeat("{\"type\":\"dance\",\"user_id\":\"u\"}", 100)))));
        Assert.Equal(100, report.GetProperty("counts").GetProperty("bad_lines").GetInt32());
        Assert.Equal(20, report.GetProperty("problems").GetArrayLength());
        Assert.Contains("of the lines could not be used", AssessedData.Cautions(report), StringComparison.Ordinal);
        Assert.Contains("mixed.jsonl, line ", _data.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_without_a_time_is_told_with_its_line()
    {
        var report = await _data.AssessAsync(_data.Write("data", "\n{\"video_id\":\"v\",\"tags\":[\"a\",null]}\n{\"type\":\"like\",\"user_id\":\"u\",\"video_id\":\"v\"}\n"));
        Assert.Equal("data, line 3: it lacks a viewer, a video, a type or a time", report.GetProperty("problems")[0].GetString());
        Assert.Equal(1, report.GetProperty("counts").GetProperty("categories").GetInt32());
    }
}
