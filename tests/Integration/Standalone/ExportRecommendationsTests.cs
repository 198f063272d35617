using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Recommender.Contracts;
using Recommender.Features;
using Recommender.Standalone.Cli;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Integration.Serving;
using Recommender.V1;

namespace Recommender.Tests.Integration.Standalone;

public sealed class ExportRecommendationsTests(ServingFixture serving) : IClassFixture<ServingFixture>, IAsyncLifetime
{
    private const int Viewers = 60;
    private readonly TempDirectory _files = new();
    private RunningService _system = null!;

    private string Out => Path.Combine(_files.Path, "out");

    public async ValueTask InitializeAsync()
    {
        _system = await serving.StartAsync(
            b => b.AddFeatures(), a => a.MapFeatures(), "Storage:ArchivePath=" + Path.Combine(_files.Path, "archive"), "Kafka:LogIdentity=export");
        for (var i = 0; i < Viewers; i++)
            await serving.SetStateAsync(UserOf(i), (TestModels.VideoOf(i % 2, i % 40), EventType.Like), (TestModels.VideoOf(i % 2, (i + 3) % 40), EventType.View));
        await Eventually.TrueAsync(async () => (await ServingFixture.ReadinessAsync(_system)).IsReady, "the system is ready");
    }

    public async ValueTask DisposeAsync()
    {
        await _system.DisposeAsync();
        _files.Dispose();
    }

    [Fact]
    public async Task Every_viewer_is_exported_once_with_what_the_call_answers_and_nothing_counts_as_shown()
    {
        var (code, _, errors) = await RunAsync("--shards", "4", "--count", "7", "--concurrency", "5");
        Assert.True(code == 0, errors);
        var rows = Lines().Select(l => JsonDocument.Parse(l).RootElement).ToDictionary(r => r.GetProperty("user_id").GetString()!);
        Assert.Equal(Enumerable.Range(0, Viewers).Select(UserOf).Order(StringComparer.Ordinal), rows.Keys.Order(StringComparer.Ordinal));
        foreach (var (user, row) in rows)
        {
            var answer = await new RecommendationService.RecommendationServiceClient(_system.Channel).RecommendAsync(new RecommendRequest { UserId = user, Count = 7, Preview = true });
            Assert.Equal(answer.Ids(), row.GetProperty("videos").EnumerateArray().Select(v => v.GetProperty("video_id").GetString()));
            Assert.Equal(answer.Videos.Select(v => v.Score), row.GetProperty("videos").EnumerateArray().Select(v => v.GetProperty("score").GetDouble()));
            Assert.Equal((answer.Tier, answer.ModelVersion), (row.GetProperty("tier").GetString(), row.GetProperty("model_version").GetString()));
        }
        var manifest = Manifest();
        Assert.Equal((Viewers, Viewers * 7), (manifest.GetProperty("viewers").GetInt32(), manifest.GetProperty("videos").GetInt32()));
        Assert.Equal(4, manifest.GetProperty("files").GetArrayLength());
        foreach (var file in manifest.GetProperty("files").EnumerateArray())
            Assert.Equal(file.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Out, file.GetProperty("name").GetString()!)))));
        Assert.Equal(["manifest.json"], Directory.EnumerateFileSystemEntries(Out).Select(Path.GetFileName).Where(f => !f!.StartsWith("part-", StringComparison.Ordinal)));
        // A shown answer after the export: when its impressions are there, those of the export would be.
        await serving.RecommendAsync("shown-afterwards");
        await Eventually.TrueAsync(() => Shown().Contains("shown-afterwards"));
        Assert.DoesNotContain(Shown(), rows.ContainsKey);

        var again = await RunAsync("--shards", "4", "--count", "7");
        Assert.Equal(ExitCode.Usage, again.Code);
        Assert.Contains("is whole", again.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_export_goes_on_and_comes_to_the_same()
    {
        using var interrupt = new CancellationTokenSource();
        var watched = new WatchedWriter(line =>
        {
            if (line.StartsWith("part-00002", StringComparison.Ordinal)) interrupt.Cancel();
        });
        string[] options = ["export", "recommendations", "--out", Out, "--shards", "8", "--to", new Uri(_system.GrpcAddress).Authority];
        Assert.Equal(ExitCode.Interrupted, await CommandLine.RunAsync(options, watched, new StringWriter(), interrupt.Token));
        Assert.False(File.Exists(Path.Combine(Out, "manifest.json")));
        var first = File.ReadAllBytes(Path.Combine(Out, "part-00000-of-00008.jsonl.gz"));
        File.WriteAllText(Path.Combine(Out, "part-00003-of-00008.jsonl.gz.tmp"), "half a file");

        var other = await RunAsync("--shards", "8", "--count", "9");
        Assert.Equal(ExitCode.Usage, other.Code);
        Assert.Contains("another export", other.Errors, StringComparison.Ordinal);

        var (code, output, errors) = await RunAsync("--shards", "8");
        Assert.True(code == 0, errors);
        Assert.Contains("Going on", output, StringComparison.Ordinal);
        Assert.DoesNotContain("part-00000", output, StringComparison.Ordinal);
        Assert.Equal(first, File.ReadAllBytes(Path.Combine(Out, "part-00000-of-00008.jsonl.gz")));
        Assert.Equal(Viewers, Lines().Select(l => JsonDocument.Parse(l).RootElement.GetProperty("user_id").GetString()).Distinct().Count());
        Assert.Empty(Directory.EnumerateFiles(Out, "*.tmp"));
    }

    [Fact]
    public async Task Named_viewers_come_as_csv_each_once_and_a_wrong_id_is_told()
    {
        var named = Path.Combine(_files.Path, "named");
        File.WriteAllLines(named, [UserOf(3), "new, \"viewer\"", UserOf(3), ""]);
        var (code, _, errors) = await RunAsync("--viewers", named, "--format", "csv", "--count", "2", "--shards", "1");
        Assert.True(code == 0, errors);
        var lines = Lines();
        Assert.Equal(1 + (2 * 2), lines.Count);
        Assert.Equal("user_id,position,video_id,score,source,model_version", lines[0]);
        Assert.Equal(2, lines.Count(l => l.StartsWith("\"new, \"\"viewer\"\"\",", StringComparison.Ordinal)));
        Assert.Contains(lines, l => l.StartsWith(UserOf(3) + ",1,", StringComparison.Ordinal) && l.EndsWith(",realtime," + ServingFixture.FirstVersion, StringComparison.Ordinal));

        Directory.Delete(Out, recursive: true);
        File.WriteAllLines(named, ["good", new string('x', 129)]);
        var wrong = await RunAsync("--viewers", named);
        Assert.Equal(ExitCode.Usage, wrong.Code);
        Assert.Contains("in line 2 has 129 bytes", wrong.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    public async Task Files_of_no_viewer_are_whole_for_other_programs(string format)
    {
        var named = Path.Combine(_files.Path, "named");
        File.WriteAllLines(named, ["only"]);
        var (code, _, errors) = await RunAsync("--viewers", named, "--format", format, "--shards", "3");
        Assert.True(code == 0, errors);
        var files = Directory.GetFiles(Out, "part-*.gz");
        Assert.Equal(3, files.Length);
        foreach (var file in files)
        {
            var (gzip, _, said) = await Tool.RunAsync("gzip", ["--test", file]);
            Assert.Equal((0, ""), (gzip, said));
        }
    }

    private static string UserOf(int number) => $"exported{number:00}";

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] options)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        string[] all = ["export", "recommendations", "--out", Out, "--to", new Uri(_system.GrpcAddress).Authority, .. options];
        var code = await CommandLine.RunAsync(all, output, errors, TestContext.Current.CancellationToken);
        return (code, output.ToString(), errors.ToString());
    }

    private JsonElement Manifest() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Out, "manifest.json"))).RootElement;

    private List<string> Lines() => [.. Directory.EnumerateFiles(Out, "part-*.gz").Order(StringComparer.Ordinal).SelectMany(Read)];

    private static List<string> Read(string path)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), Encoding.UTF8);
        return [.. text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private HashSet<string> Shown() => [.. LogReader.ReadToEnd(serving.Kafka.Bootstrap, Topics.Impression).Select(r => Encoding.UTF8.GetString(r.Key))];

    private sealed class WatchedWriter(Action<string> onLine) : StringWriter
    {
        public override void WriteLine(string? value) => onLine(value ?? "");
    }
}
