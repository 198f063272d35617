using System.Globalization;
using System.IO.Compression;
using System.Text;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.EndToEnd.Standalone;

/// <summary>Imports into a running system.</summary>
public sealed class ImportTests(EmptySystem fixture) : IClassFixture<EmptySystem>
{
    private readonly RunningSystem _system = fixture.System;

    [Theory]
    [InlineData("kuairand", "user_id\tvideo_id\ttime_ms\tplay_time_ms\tduration_ms\tlabel\nk1\tkv1\t1649581149287\t5000\t10000\t1\nk1\tkv2\t1649581149290\t900\t0\t0\n", "k1", 2, 1)]
    [InlineData("movielens", "user_id:token\titem_id:token\trating:float\ttimestamp:float\nm1\tmv1\t5\t881250949\nm1\tmv2\t3\t881250950\n", "m1", 2, 1)]
    [InlineData("sequences", "s1 sv1 sv2 sv3\n", "s1", 3, 0)]
    [InlineData("jsonl", "{\"type\":\"view\",\"user_id\":\"j1\",\"video_id\":\"jv1\"}\n{\"type\":\"like\",\"user_id\":\"j1\",\"video_id\":\"jv1\",\"occurred_at\":null,\"watch_time_ms\":null}\n{\"video_id\":\"jv1\",\"title\":\"T\"}\n", "j1", 1, 1)]
    public async Task Every_format_reaches_the_viewers_state(string format, string text, string user, int views, int likes)
    {
        var import = await ImportAsync(format, fixture.Write(format + ".txt", text));

        Assert.Equal((0, ""), (import.Code, import.Errors));
        await Eventually.TrueAsync(async () => await _system.UserAsync(user) is var u && u.Views == views && u.Likes == likes);
        Assert.Contains("lines skipped               0", import.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gzipped_file_with_bad_lines_is_imported_and_they_are_shown_with_their_numbers()
    {
        var path = Path.Combine(fixture.Folder, "ratings");
        await using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes("b1::bv1::5::100\nb1::bv2\nb1::bv3::5::99999999999\nb1::bv4::4::-5\n" + string.Concat(Enumerable.Repeat("bad\n", 30))));
        var import = await ImportAsync("movielens", path);

        Assert.Equal(0, import.Code);
        Assert.Contains($"{path}:2: skipped: 4 fields are expected and 2 found", import.Output, StringComparison.Ordinal);
        Assert.Contains($"{path}:3: skipped: timestamp is '99999999999'; seconds since 1970 are expected", import.Output, StringComparison.Ordinal);
        Assert.Contains($"{path}:4: refused: event.occurred_at: is before 1970", import.Output, StringComparison.Ordinal);
        Assert.Contains("(further skipped ones are counted, not shown)", import.Output, StringComparison.Ordinal);
        Assert.Contains("lines skipped              32", import.Output, StringComparison.Ordinal);
        Assert.Contains("refused                     2", import.Output, StringComparison.Ordinal);
        Assert.Contains("events accepted             2", import.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jsonl", "{}\n[]\n", "Nothing was imported: no line was accepted.", 1)]
    [InlineData("jsonl", "\n", "Nothing was imported: there are no lines.", 1)]
    [InlineData("kuairand", "a\tb\n", "can't be read. Its first line is no header of a KuaiRand log", 2)]
    public async Task When_nothing_can_be_imported_it_says_so_and_fails(string format, string text, string sentence, int code)
    {
        var import = await ImportAsync(format, fixture.Write("nothing", text));
        Assert.Equal(code, import.Code);
        Assert.Contains(sentence, import.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_video_is_refused_and_the_others_are_taken()
    {
        var rows = Enumerable.Range(0, 40).Select(i => $"{{\"video_id\":\"{(i == 17 ? new string('x', 200) : "good" + i)}\"}}\n");
        var import = await ImportAsync("jsonl", fixture.Write("videos", string.Concat(rows)));

        Assert.Contains("videos                     39", import.Output, StringComparison.Ordinal);
        Assert.Matches(@"videos:18: refused: videos\[0\]\.video_id", import.Output);
        Assert.Equal("good39", (await _system.Catalog.GetVideoAsync(new GetVideoRequest { VideoId = "good39" })).VideoId);
    }

    [Fact]
    public async Task The_same_file_again_changes_nothing()
    {
        var path = fixture.Write("again", string.Concat(Enumerable.Range(0, 200).Select(i => $"again{i % 20} av{i}\n")));
        await ImportAsync("sequences", path);
        await Eventually.TrueAsync(async () => (await _system.UserAsync("again0")).Views == 10);

        var second = await ImportAsync("sequences", path);
        Assert.Equal(0, second.Code);
        Assert.Contains("imported already, at ", second.Output, StringComparison.Ordinal);
        var third = await ImportAsync("sequences", path, "--restart");
        Assert.Contains("events accepted           200", third.Output, StringComparison.Ordinal);

        // What is behind the repeated events in every partition has been absorbed, and so have they.
        await ImportAsync("sequences", fixture.Write("behind", string.Concat(Enumerable.Range(0, 20).Select(i => $"again{i} behind\n"))));
        for (var i = 0; i < 20; i++) await Eventually.TrueAsync(async () => (await _system.UserAsync($"again{i}")).Views == 11);
    }

    [Fact]
    public async Task After_a_kill_the_same_command_continues_and_nothing_counts_twice()
    {
        const int Viewers = 4000, Each = 25;
        var path = fixture.Write("big", string.Concat(Enumerable.Range(0, Viewers).Select(u => $"big{u} {string.Join(' ', Enumerable.Range(0, Each).Select(i => $"b{(u * 7 + i * 13) % 900}"))}\n")));
        var checkpoints = Path.Combine(fixture.Folder, "checkpoints-kill");
        string[] arguments = ["import", "--format", "sequences", path, "--checkpoints", checkpoints, "--to", _system.Grpc];

        await using (var killed = RecommenderProcess.Start(arguments))
        {
            await Eventually.TrueAsync(() => Directory.Exists(checkpoints) && Directory.EnumerateFiles(checkpoints, "*.json").Any());
            await killed.KillAsync();
        }
        var resumed = await RecommenderProcess.RunAsync(arguments);
        Assert.Equal((0, ""), (resumed.Code, resumed.Errors));
        Assert.Matches(@"big: continuing after line [1-9]\d*,", resumed.Output);
        Assert.DoesNotContain("failed unexpectedly", _system.Process.Errors, StringComparison.Ordinal);
        for (var u = 0; u < Viewers; u += 97) await Eventually.TrueAsync(async () => (await _system.UserAsync($"big{u}")).Views == Each);
    }

    [Fact]
    public async Task A_checkpoint_of_a_system_that_is_gone_does_not_count()
    {
        var path = fixture.Write("gone", "gone1 gv1\n");
        var checkpoints = Path.Combine(fixture.Folder, "checkpoints-gone");
        await using (var import = RecommenderProcess.Start(["import", "--format", "sequences", path, "--checkpoints", checkpoints, "--to", _system.Grpc]))
            Assert.Equal(0, await import.ExitAsync());
        // As if it told of another system at this address.
        var file = Directory.EnumerateFiles(checkpoints, "*.json").Single();
        File.WriteAllText(file, File.ReadAllText(file).Replace("gone1", "nobody", StringComparison.Ordinal));

        var second = await RecommenderProcess.RunAsync("import", "--format", "sequences", path, "--checkpoints", checkpoints, "--to", _system.Grpc);
        Assert.Contains("is gone; importing from the first line", second.Output, StringComparison.Ordinal);
        Assert.Contains("events accepted             1", second.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kuairand", "kuairand_27k_events/processed_standard_kcore_15.csv.gz", 41_829)]
    [InlineData("movielens", "ml_100k/ml-100k.inter.gz", 100_001)]
    [InlineData("sequences", "microlens_50k/MicroLens-50k_pairs.tsv.gz", 50_000)]
    public async Task A_real_data_set_is_imported_and_viewers_get_what_they_have_not_seen(string format, string file, int lines)
    {
        var folder = Environment.GetEnvironmentVariable("RECOMMENDER_TEST_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "RECOMMENDER_TEST_DATA is not set; it names the folder of the real data sets");
        var path = Path.Combine(folder!, file);
        Assert.SkipUnless(File.Exists(path), $"{path} is not there");
        var import = await ImportAsync(format, path, "--prefix", format + "-");

        Assert.Equal((0, ""), (import.Code, import.Errors));
        Assert.Contains(lines.ToString("N0", CultureInfo.InvariantCulture) + " lines in", import.Output, StringComparison.Ordinal);
        Assert.Contains("lines skipped               0", import.Output, StringComparison.Ordinal);
        Assert.Contains("refused                     0", import.Output, StringComparison.Ordinal);
        var users = await SampleAsync(format, path);
        foreach (var (user, seen) in users)
        {
            await Eventually.TrueAsync(async () => (await _system.RecommendAsync(user, 50)).Videos is { Count: > 0 } videos && videos.All(v => !seen.Contains(v.VideoId)));
        }
    }

    /// <summary>A few viewers of the file and everything they have watched.</summary>
    private static async Task<IReadOnlyDictionary<string, HashSet<string>>> SampleAsync(string format, string path)
    {
        var seen = new Dictionary<string, HashSet<string>>();
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        if (format != "sequences") await reader.ReadLineAsync();
        while (await reader.ReadLineAsync() is { } line)
        {
            var fields = line.Split('\t', ' ');
            var user = $"{format}-{fields[0]}";
            if (!seen.ContainsKey(user) && seen.Count < 5) seen[user] = [];
            if (seen.TryGetValue(user, out var videos)) videos.UnionWith((format == "sequences" ? fields[1..] : [fields[1]]).Select(v => $"{format}-{v}"));
        }
        return seen;
    }

    private Task<Finished> ImportAsync(string format, string path, params string[] options) => _system.CommandAsync(
        ["import", "--format", format, path, "--checkpoints", Path.Combine(fixture.Folder, "checkpoints"), .. options]);
}
