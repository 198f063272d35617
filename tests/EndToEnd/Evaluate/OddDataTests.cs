using System.Globalization;
using System.Text;
using System.Text.Json;
using static Recommender.Tests.EndToEnd.Evaluate.EvaluateProgram;

namespace Recommender.Tests.EndToEnd.Evaluate;

/// <summary>Data of odd shapes through the command: a result with finite numbers, or one sentence.</summary>
public sealed class OddDataTests : IDisposable
{
    private readonly EvaluateProgram _program = new();

    public static TheoryData<string> Trainers => ["bpr", "blend", "ease", "graph_filter", "ials", "ials-onnx", "item_knn", "popularity", "transitions"];

    [Theory]
    [MemberData(nameof(Trainers))]
    public async Task One_viewer_one_video_and_everybody_alike_give_a_result_or_a_sentence(string trainer)
    {
        // Ids from several scripts, one outside the basic plane, one with a combining mark.
        string[] ids = ["視頻", "видео", "é", "🎬", "0", "ab\u0301"];
        var data = new Dictionary<string, string>
        {
            ["one-viewer"] = string.Concat(ids.Select(id => $"u {id}\n")),
            ["one-video"] = string.Concat(ids.Select(id => $"{id} v\n")),
            ["all-equal"] = string.Concat(ids.SelectMany(viewer => ids.Select(id => $"{viewer} {id}\n"))),
        };
        foreach (var (name, text) in data)
        {
            var file = _program.Write($"{trainer}-{name}.txt", text);
            var result = await RunAsync("--train", file, "--test", file, "--format", "pairs", "--trainer", trainer, "--json");
            if (result.ExitCode == 0) AssertFinite(result.Output);
            else AssertSentence(result);
        }
    }

    [Theory]
    [InlineData("ials", "factors", "1")]
    [InlineData("ials", "factors", "1024")]
    [InlineData("bpr", "factors", "1")]
    [InlineData("bpr", "factors", "1024")]
    [InlineData("ials-onnx", "factors", "1")]
    [InlineData("graph_filter", "rank", "1")]
    [InlineData("graph_filter", "rank", "1024")]
    public async Task The_fewest_and_very_many_factors_give_a_result(string trainer, string key, string value)
    {
        var file = _program.Write("train.txt", string.Concat(Enumerable.Range(0, 300).Select(i => $"u{i % 30} v{i * 7 % 41}\n")));
        AssertFinite((await RunJsonAsync("--train", file, "--test", file, "--format", "pairs", "--trainer", trainer, "--set", $"{key}={value}")).GetRawText());
    }

    [Theory]
    [InlineData("ials", 0)]
    [InlineData("item_knn", 0)]
    [InlineData("graph_filter", 0)]
    [InlineData("ease", 2)]
    public async Task A_viewer_of_a_million_videos_gives_a_result_or_a_sentence(string trainer, int exitCode)
    {
        var text = new StringBuilder();
        for (var i = 0; i < 1_000_000; i++) text.Append(CultureInfo.InvariantCulture, $"u {i}\n");
        text.Append("w 1\nw 2\n");
        var (train, test) = (_program.Write("train.txt", text.ToString()), _program.Write("test.txt", "w 3\n"));
        string[] fewer = trainer == "ials" ? ["--set", "factors=4", "--set", "iterations=1"] : [];
        var result = await RunAsync(["--train", train, "--test", test, "--format", "pairs", "--trainer", trainer, "--json", .. fewer]);
        Assert.Equal(exitCode, result.ExitCode);
        if (exitCode == 0) AssertFinite(result.Output);
        else AssertSentence(result);
    }

    [Fact]
    public async Task A_sign_that_is_not_a_number_is_skipped_with_a_word()
    {
        var (train, test) = (_program.Write("train.txt", "a x 1\nb x NaN\nb y 1\n"), _program.Write("test.txt", "a y 1\n"));
        var result = await RunAsync("--train", train, "--test", test, "--format", "signed", "--trainer", "ials", "--json");
        Assert.Equal((0, $"{train}, line 2: the sign 'NaN' is no number; skipped.\n"), (result.ExitCode, result.Error));
        AssertFinite(result.Output);
    }

    // What the process may use is bounded as a container bounds it.
    [Theory]
    [InlineData("bpr", "factors=2048")]
    [InlineData("blend", "parts=ials,popularity", "ials.factors=2048")]
    [InlineData("ease", "max_items=46000")]
    [InlineData("graph_filter", "neighbours=0", "history_limit=100000")]
    [InlineData("ials", "factors=2048")]
    [InlineData("ials-onnx", "factors=2048")]
    [InlineData("item_knn", "neighbours=0", "history_limit=100000")]
    [InlineData("transitions", "neighbours=0", "history_limit=100000")]
    public async Task What_would_not_fit_in_memory_is_refused_before_it_is_taken(string trainer, params string[] settings)
    {
        var train = _program.Write("train.txt", string.Concat(Enumerable.Range(0, 40_000).Select(i => $"u v{i}\n")) + "w v1\nw v2\n");
        var test = _program.Write("test.txt", "w v3\n");
        var result = await RunAsync(
            new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0xC800000" },
            ["--train", train, "--test", test, "--format", "pairs", "--trainer", trainer, .. settings.SelectMany(s => (string[])["--set", s])]);
        Assert.Equal(2, result.ExitCode);
        AssertSentence(result);
        Assert.Contains("the process may use 0.2 GB", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _program.Dispose();

    private static void AssertFinite(string json)
    {
        Assert.DoesNotContain("NaN", json, StringComparison.Ordinal);
        Assert.All(JsonDocument.Parse(json).RootElement.GetProperty("metrics").EnumerateObject(), m => Assert.True(double.IsFinite(m.Value.GetDouble())));
    }

    private static void AssertSentence(ProgramResult result)
    {
        Assert.InRange(result.ExitCode, 1, 2);
        var last = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.EndsWith(".", last, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", result.Error, StringComparison.Ordinal);
    }
}
