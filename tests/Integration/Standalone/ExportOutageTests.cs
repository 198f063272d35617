using System.IO.Compression;
using System.Text.Json;
using Recommender.Standalone.Cli;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Integration.Serving;
using Recommender.V1;

namespace Recommender.Tests.Integration.Standalone;

/// <summary>What an export makes of a Redis that is slow for a moment, and of one that is gone.</summary>
public sealed class ExportOutageTests : IAsyncLifetime
{
    private const int Viewers = 40;
    private readonly ServingFixture _serving = new();
    private readonly TempDirectory _files = new();
    private RunningService _system = null!;

    private string Out => Path.Combine(_files.Path, "out");

    private string Named => Path.Combine(_files.Path, "named");

    public async ValueTask InitializeAsync()
    {
        await _serving.InitializeAsync();
        _system = await _serving.StartAsync(_ => { }, _ => { }, "Serving:ReadTimeout=00:00:00.25", "Serving:HedgeDelay=00:00:00.1");
        for (var i = 0; i < Viewers; i++) await _serving.SetStateAsync(UserOf(i), (TestModels.VideoOf(i % 2, i % 40), EventType.Like));
        await File.WriteAllLinesAsync(Named, Enumerable.Range(0, Viewers).Select(UserOf));
        await Eventually.TrueAsync(async () => (await ServingFixture.ReadinessAsync(_system)).IsReady, "the system is ready");
    }

    public async ValueTask DisposeAsync()
    {
        await _system.DisposeAsync();
        await _serving.DisposeAsync();
        _files.Dispose();
    }

    [Fact]
    public async Task A_Redis_that_is_silent_for_a_moment_degrades_nobody()
    {
        var process = _serving.Redis.Server.ProcessId!.Value;
        await Tool.SignalAsync(process, "STOP");
        var exporting = ExportAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        await Tool.SignalAsync(process, "CONT");
        var (rows, manifest, output) = await exporting;
        Assert.Equal(Viewers, rows.Count(r => r.GetProperty("degradation").GetString() == "none"));
        Assert.All(rows, r => Assert.Equal("realtime", r.GetProperty("tier").GetString()));
        Assert.Equal(0, manifest.GetProperty("degraded_viewers").GetInt32());
        Assert.DoesNotContain("less than a healthy system", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_stays_degraded_is_counted_and_the_export_says_so()
    {
        await _serving.Redis.Server.KillAsync();
        var (rows, manifest, output) = await ExportAsync();
        Assert.Equal(Viewers, rows.Count(r => r.GetProperty("degradation").GetString() != "none"));
        Assert.Equal(Viewers, manifest.GetProperty("degraded_viewers").GetInt32());
        Assert.Equal(Viewers, manifest.GetProperty("files").EnumerateArray().Sum(f => f.GetProperty("degraded_viewers").GetInt32()));
        Assert.Contains("40 viewers got less than a healthy system gives", output, StringComparison.Ordinal);
    }

    private static string UserOf(int number) => $"exported{number:00}";

    private async Task<(List<JsonElement> Rows, JsonElement Manifest, string Output)> ExportAsync()
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        string[] options = ["export", "recommendations", "--out", Out, "--viewers", Named, "--shards", "2", "--to", new Uri(_system.GrpcAddress).Authority];
        var code = await CommandLine.RunAsync(options, output, errors, TestContext.Current.CancellationToken);
        Assert.True(code == 0, errors.ToString());
        var rows = Directory.EnumerateFiles(Out, "part-*.gz").SelectMany(Read).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        return (rows, JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Out, "manifest.json"))).RootElement, output.ToString());
    }

    private static string[] Read(string path)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        return text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
