using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace Recommender.Tests.EndToEnd.Experiments;

/// <summary>
/// Two policies that were in use at the same time, each with its own log (Saito et al. 2020, arXiv 2008.07146): what either is estimated to
/// earn from the other's log must be what it earned. Needs the public data set.
/// </summary>
public sealed class OpenBanditTests
{
    private const string Variable = "RECOMMENDER_TEST_DATA";

    [Theory]
    [InlineData("bts_men.csv.gz", "random_men.csv.gz")]
    [InlineData("random_men.csv.gz", "bts_men.csv.gz")]
    public async Task What_a_policy_is_estimated_to_earn_from_the_others_log_is_what_it_earned(string judged, string logged)
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(folder), $"Set {Variable} to the folder of the public data sets to judge policies by each other's logs.");
        folder = Path.Combine(folder!, "open_bandit_men");
        Assert.SkipUnless(File.Exists(Path.Combine(folder, judged)), $"{Variable} has no open_bandit_men/{judged}.");
        var earned = MeanClick(Path.Combine(folder, judged));
        // The random policy needs no log: every item is as likely as any other.
        var policy = judged.StartsWith("random", StringComparison.Ordinal) ? "uniform" : Path.Combine(folder, judged);
        var report = await RunAsync("--log", Path.Combine(folder, logged), "--policy", policy, "--json");
        foreach (var estimate in report.GetProperty("estimates").EnumerateObject())
            Assert.True(
                estimate.Value.GetProperty("low").GetDouble() <= earned && earned <= estimate.Value.GetProperty("high").GetDouble(),
                string.Create(CultureInfo.InvariantCulture, $"{estimate.Name} is {estimate.Value}, but the policy earned {earned}"));
    }

    private static double MeanClick(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var click = Array.IndexOf(reader.ReadLine()!.Split(','), "click");
        var clicks = new List<double>();
        while (reader.ReadLine() is { } line) clicks.Add(double.Parse(line.Split(',')[click], CultureInfo.InvariantCulture));
        return clicks.Average();
    }

    private static async Task<JsonElement> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "recommender.dll"), "experiments", "ope", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        return JsonDocument.Parse(await output).RootElement;
    }
}
