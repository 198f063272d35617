using System.Globalization;
using System.Text.Json;
using static Recommender.Tests.EndToEnd.Evaluate.EvaluateProgram;

namespace Recommender.Tests.EndToEnd.Evaluate;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly EvaluateProgram _program = new();

    [Fact]
    public async Task Lists_of_items_are_ranked_without_what_was_trained_on()
    {
        // Popular first: x (3), y (2), z (1), w (0). The user 'a b' is two ids here: a has x y; b has x.
        var train = _program.Write("train.txt", "a x y\nb x\nc x y z\nd\n");
        var test = _program.Write("test.txt", "a w\nb y z\nd x\n");
        var json = await RunJsonAsync("--train", train, "--test", test, "--format", "lightgcn", "--trainer", "popularity");

        // a: z w -> w second; b: y z w -> both; c has no test; d: x first.
        Assert.Equal(3, json.GetProperty("data").GetProperty("evaluated_viewers").GetInt32());
        Assert.Equal(4, json.GetProperty("data").GetProperty("items").GetInt32());
        Assert.Equal(1.0, Metric(json, "recall@5"));
        Assert.Equal((1 + 1 + (1 / Math.Log2(3))) / 3, Metric(json, "ndcg@5"), 1e-9);
        Assert.Equal(1.0, Metric(json, "hit_rate@50"));
        Assert.Equal(1.0, Metric(json, "coverage@20"));
    }

    [Fact]
    public async Task The_json_has_every_number_that_was_promised()
    {
        var train = _program.Write("train.txt", "a x y\nb x z\nc y z\n");
        var json = await RunJsonAsync(
            "--train", train, "--test", train, "--format", "lightgcn", "--trainer", "ials", "--set", "factors=3", "--set", "confidence=log");
        Assert.Equal("ials", json.GetProperty("trainer").GetString());
        foreach (var name in (string[])["recall", "ndcg", "hit_rate", "coverage"])
        {
            foreach (var k in (int[])[5, 10, 20, 50]) Assert.InRange(Metric(json, $"{name}@{k}"), 0, 1);
        }

        Assert.True(json.GetProperty("seconds_per_iteration").GetDouble() > 0);
        Assert.True(json.GetProperty("total_seconds").GetDouble() > 0);
        Assert.True(json.GetProperty("peak_memory_bytes").GetInt64() > 1_000_000);
        var parameters = json.GetProperty("parameters");
        Assert.Equal(3, parameters.GetProperty("factors").GetInt32());
        Assert.Equal("log", parameters.GetProperty("confidence").GetString());
        Assert.Equal(JsonValueKind.Number, parameters.GetProperty("unobserved_weight").ValueKind);
    }

    [Fact]
    public async Task A_table_is_printed_for_people()
    {
        var train = _program.Write("train.txt", "a x y\nb x\n");
        var test = _program.Write("test.txt", "b y\n");
        var result = await RunAsync("--train", train, "--test", test, "--format", "lightgcn", "--trainer", "popularity");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("2 viewers, 2 items and 3 interactions", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"\n  20 +1\.00000 +1\.00000 +1\.00000 +0\.50000\n", result.Output);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Pairs_may_have_a_header_further_columns_tabs_and_any_unicode()
    {
        var train = _program.Write("train.tsv", "user_id:token\titem_id:token\trating:float\nañá 1\t视频 a\t5\r\nañá 1\t视频 b\t3\nβ\t视频 a\t1\n");
        var test = _program.WriteGzip("test.tsv", "β\t视频 b\n");
        var json = await RunJsonAsync("--train", train, "--test", test, "--format", "pairs", "--trainer", "popularity");
        var data = json.GetProperty("data");
        Assert.Equal((2, 2, 3), (data.GetProperty("viewers").GetInt32(), data.GetProperty("items").GetInt32(), data.GetProperty("train_interactions").GetInt32()));
        Assert.Equal(1.0, Metric(json, "ndcg@5"));
    }

    [Fact]
    public async Task Validation_pairs_are_masked_and_not_trained_on()
    {
        var train = _program.Write("train.txt", "a x\nb x\nb y\n");
        var valid = _program.Write("valid.txt", "a y\na v\n");
        var test = _program.Write("test.txt", "a z\nb z\n");
        var json = await RunJsonAsync("--train", train, "--valid", valid, "--test", test, "--format", "pairs", "--trainer", "popularity");

        // a: x y v are masked, so z is first; b: v and z are level, v comes first.
        Assert.Equal((1 + (1 / Math.Log2(3))) / 2, Metric(json, "ndcg@5"), 1e-9);
        Assert.Equal(3, json.GetProperty("data").GetProperty("train_interactions").GetInt32());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sequences_hold_out_the_last_item_of_each_user(bool namesTestToo)
    {
        // Counted without the last items: p 2, q 2, r 1, s 1; with them r would be the most popular.
        var train = _program.WriteGzip("sequences.gz", "1\tp q r\n2 q s r\n3 p r\n4 r p\n5 x\n");
        string[] both = namesTestToo ? ["--train", train, "--test", train] : ["--train", train];
        var json = await RunJsonAsync([.. both, "--format", "sequences", "--trainer", "popularity"]);
        var data = json.GetProperty("data");
        Assert.Equal(4, data.GetProperty("evaluated_viewers").GetInt32());
        Assert.Equal(7, data.GetProperty("train_interactions").GetInt32());

        // p 2, q 2, r 1, s 1, x 1 in order of appearance. 1: r first; 2: p r -> second; 3: q r -> second; 4: p first.
        Assert.Equal((1 + 1 + (2 / Math.Log2(3))) / 4, Metric(json, "ndcg@5"), 1e-9);
        Assert.Equal(1.0, Metric(json, "hit_rate@5"));
    }

    [Fact]
    public async Task Another_test_file_beside_sequences_is_said_to_be_unread()
    {
        var train = _program.Write("sequences.txt", "1 p q\n2 q p\n");
        var test = _program.Write("other.txt", "1 q\n");
        var result = await RunAsync("--train", train, "--test", test, "--format", "sequences", "--trainer", "popularity");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal($"The format sequences holds out the last item of each user in --train; --test '{test}' is not read.\n", result.Error);
    }

    [Fact]
    public async Task Signed_pairs_mask_both_signs_and_predict_the_positive_ones()
    {
        // Liked: x 2, y 1, z 1 (z is disliked once). a and c like w in the test; b only dislikes there.
        var train = _program.Write("train.txt", "a x 1.00\nb x 1\nb z 1\nc y 1\na z 0.00\n");
        var valid = _program.Write("valid.txt", "a y 1\n");
        var test = _program.Write("test.txt", "a y 1\na w 0\nb w 0\nc w 1\n");
        var json = await RunJsonAsync("--train", train, "--valid", valid, "--test", test, "--format", "signed", "--trainer", "popularity");
        Assert.Equal(2, json.GetProperty("data").GetProperty("evaluated_viewers").GetInt32());

        // a: x and z are masked, the validation's y is not: y first. c: y is masked: x z w -> third.
        Assert.Equal((1 + (1 / Math.Log2(4))) / 2, Metric(json, "ndcg@5"), 1e-9);
    }

    [Fact]
    public async Task A_bad_line_is_counted_shown_and_skipped()
    {
        var train = _program.Write("train.txt", "a x 1\nnonsense\nb x one\nb x 1\n\n" + string.Concat(Enumerable.Repeat("c\n", 6)));
        var test = _program.Write("test.txt", "a y 1\n");
        var result = await RunAsync("--train", train, "--test", test, "--format", "signed", "--trainer", "popularity", "--json");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(8, JsonDocument.Parse(result.Output).RootElement.GetProperty("data").GetProperty("skipped_lines").GetInt32());
        string[] lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, lines.Length);
        Assert.Equal($"{train}, line 2: it has no user, item and sign; skipped.", lines[0]);
        Assert.Equal($"{train}, line 3: the sign 'one' is no number; skipped.", lines[1]);
        Assert.Equal("8 lines were skipped in all.", lines[5]);
    }

    [Theory]
    [InlineData("nobody", "pairs", "", "There is no trainer 'nobody'; the trainers are blend, bpr, ease, graph_filter, ials, ials-onnx, item_knn, popularity, transitions.")]
    [InlineData("ials", "csv", "", "There is no format 'csv'; the formats are lightgcn, pairs, sequences, signed.")]
    [InlineData("ials", "pairs", "factors", "--set takes KEY=VALUE, not 'factors'.")]
    [InlineData("ials", "pairs", "factors=many", "The parameter 'factors' of the trainer 'ials' is 'many' but must be a whole number from 1 to 2048.")]
    [InlineData("popularity", "pairs", "half_life_days=2", "The parameter 'half_life_days' of the trainer 'popularity' needs interactions with times, but this data has none.")]
    public async Task A_wrong_call_gets_one_sentence_and_exit_code_2(string trainer, string format, string setting, string sentence)
    {
        var train = _program.Write("train.txt", "a x\n");
        string[] set = setting.Length > 0 ? ["--set", setting] : [];
        var result = await RunAsync(["--train", train, "--test", train, "--format", format, "--trainer", trainer, .. set]);
        Assert.Equal((2, "", sentence + "\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task Files_that_are_missing_get_one_sentence_and_exit_code_2()
    {
        var train = _program.Write("train.txt", "a x\n");
        var missing = await RunAsync("--train", train, "--test", train + ".not", "--format", "pairs", "--trainer", "ials");
        Assert.Equal((2, $"The file '{train}.not' does not exist.\n"), (missing.ExitCode, missing.Error));
        var folder = Path.GetDirectoryName(train)!;
        var isFolder = await RunAsync("--train", folder, "--test", train, "--format", "pairs", "--trainer", "ials");
        Assert.Equal((2, $"'{folder}' is a folder, not a file.\n"), (isFolder.ExitCode, isFolder.Error));
        var none = await RunAsync("--train", train, "--format", "pairs", "--trainer", "ials");
        Assert.Equal((2, "The format pairs needs --test FILE.\n"), (none.ExitCode, none.Error));
    }

    [Theory]
    [InlineData("pairs", "", "a x", "The file '{0}' has no usable line.")]
    [InlineData("pairs", "a x", "", "The file '{1}' has no usable line.")]
    [InlineData("lightgcn", "a\nb\n", "a x", "The file '{0}' has no usable line.")]
    [InlineData("sequences", "a x\nb y\n", "", "No user in '{0}' has two items or more, so there is none to hold out.")]
    [InlineData("signed", "a x 0", "a y 1", "The file '{0}' has no positive sign, so there is nothing to learn.")]
    [InlineData("signed", "a x 1", "a y 0", "The file '{1}' has no positive sign, so there is nothing to predict.")]
    public async Task Data_without_content_gets_one_sentence_and_exit_code_1(string format, string trainText, string testText, string sentence)
    {
        var (train, test) = (_program.Write("train.txt", trainText), _program.Write("test.txt", testText));
        var result = await RunAsync("--train", train, "--test", test, "--format", format, "--trainer", "ials");
        var last = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.Equal((1, "", string.Format(CultureInfo.InvariantCulture, sentence, train, test)), (result.ExitCode, result.Output, last));
    }

    [Fact]
    public async Task A_gzip_file_that_was_cut_off_gets_one_sentence_and_exit_code_1()
    {
        var path = _program.WriteGzip("train.gz", string.Concat(Enumerable.Range(0, 9999).Select(i => $"u{i * 7919 % 9973} v{i * 104729 % 9967}\n")));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..20_000]);
        var result = await RunAsync("--train", path, "--test", path, "--format", "pairs", "--trainer", "ials");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal($"The file '{path}' cannot be read: its gzip data are damaged or cut off.\n", result.Error);
    }

    [Fact]
    public async Task Ids_that_are_not_UTF8_are_told_and_not_made_one()
    {
        var path = _program.Write("train.txt", "");
        File.WriteAllBytes(path, [.. "a x\n"u8, 0xe9, .. " x\n"u8, 0xe8, .. " y\n"u8]);
        var result = await RunAsync("--train", path, "--test", path, "--format", "pairs", "--trainer", "popularity");
        Assert.Equal((1, $"The file '{path}' cannot be read: at or after line 1 it is not UTF-8.\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task Gzip_files_put_together_are_read_to_their_end()
    {
        var (first, second) = (_program.WriteGzip("first.gz", "a x\nb x\n"), _program.WriteGzip("second.gz", "b y\nc y z"));
        var both = Path.Combine(Path.GetDirectoryName(first)!, "both");
        File.WriteAllBytes(both, [.. File.ReadAllBytes(first), .. File.ReadAllBytes(second)]);
        var json = await RunJsonAsync("--train", both, "--test", both, "--format", "lightgcn", "--trainer", "popularity");
        Assert.Equal(5, json.GetProperty("data").GetProperty("train_interactions").GetInt32());
    }

    [Theory]
    [InlineData("popularity")]
    [InlineData("ials")]
    public async Task One_viewer_and_one_video_give_a_result(string trainer)
    {
        var only = _program.Write("only.txt", "u1 v1\n");
        var json = await RunJsonAsync("--train", only, "--test", only, "--format", "pairs", "--trainer", trainer);
        Assert.All(json.GetProperty("metrics").EnumerateObject(), m => Assert.Equal(0, m.Value.GetDouble()));
    }

    public void Dispose() => _program.Dispose();

    private static double Metric(JsonElement json, string name) => json.GetProperty("metrics").GetProperty(name).GetDouble();
}
