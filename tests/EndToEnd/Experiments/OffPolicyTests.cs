using System.Text.Json;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.EndToEnd.Experiments;

/// <summary>The estimate of a policy's worth from files, whatever their ids look like.</summary>
public sealed class OffPolicyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ope").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("0", "1")]
    [InlineData("2000000000", "99999999999999999999")]
    [InlineData("a video", "\"ein, zweites\"")]
    public async Task An_even_policy_is_judged_by_the_log_of_an_uneven_one(string often, string seldom)
    {
        // Three of four choices are the one that earns 0.2, so an even policy earns the mean of 0.2 and 0.6.
        var rows = Enumerable.Range(0, 400).Select(i => i % 20 < 15 ? $"{often},1,{(i % 5 == 0 ? 1 : 0)},0.75" : $"{seldom},1,{(i % 5 < 3 ? 1 : 0)},0.25");
        var estimates = await EstimatesAsync("item_id,position,click,propensity_score", rows, "--policy", "uniform");

        double Value(string name) => estimates.GetProperty("estimates").GetProperty(name).GetProperty("value").GetDouble();
        Assert.Equal((0.4, 0.4), (Math.Round(Value("ips"), 9), Math.Round(Value("snips"), 9)));
        Assert.Equal(0.4, Value("doubly_robust"), 0.05);
        Assert.Equal(1, estimates.GetProperty("mean_weight").GetDouble(), 6);
    }

    [Fact]
    public async Task Of_what_was_shown_only_what_exploration_drew_is_a_choice()
    {
        var rows = Enumerable.Range(0, 400).Select(i =>
            (i % 4) switch { 0 => $"u{i},seldom,3,fresh,0.25,6000", 1 => $"u{i},certain,0,realtime,1,90000", _ => $"u{i},often,3,fresh,0.75,2000" });
        var estimates = await EstimatesAsync("user_id,video_id,position,source,propensity,watched_ms", rows, "--policy", "uniform", "--reward", "watched_ms");

        Assert.Equal(300, estimates.GetProperty("choices").GetInt32());
        // A third of the draws is the seldom one: weights 2 and 2/3, of which the rewards 6000 and 2000.
        Assert.Equal(4400, estimates.GetProperty("estimates").GetProperty("snips").GetProperty("value").GetDouble(), 0.5);
    }

    [Theory]
    [InlineData("item_id,position,click,propensity_score", "a,1,nan,0.5", "Line 2 of ", "is no choice with a finite click")]
    [InlineData("item_id,position,click,propensity_score", "a,1,1,0", "Line 2 of ", "propensity_score above 0")]
    [InlineData("item_id,position,click,propensity_score", "a,1,\"1,0.5", "Line 2 of ", "is no comma-separated line")]
    [InlineData("item_id,position,click", "a,1,1", "has no column propensity_score", "")]
    [InlineData("video_id,position,propensity,liked", "a,1,0.5,1", "has no column click; --reward names", "")]
    [InlineData("item_id,position,click,propensity_score", "a,1,1,0.5", "has too few choices", "")]
    public async Task What_is_no_log_is_refused_with_a_sentence(string header, string row, string sentence, string more)
    {
        var (code, _, errors) = await RunAsync(header, [row], "--policy", "uniform");
        Assert.Equal(1, code);
        Assert.Contains(sentence, errors, StringComparison.Ordinal);
        Assert.Contains(more, errors, StringComparison.Ordinal);
    }

    private async Task<JsonElement> EstimatesAsync(string header, IEnumerable<string> rows, params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(header, rows, [.. arguments, "--json"]);
        Assert.True(code == 0, errors);
        return JsonDocument.Parse(output).RootElement;
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(string header, IEnumerable<string> rows, params string[] arguments)
    {
        var path = Path.Combine(_folder, "log.csv");
        await File.WriteAllLinesAsync(path, [header, .. rows], TestContext.Current.CancellationToken);
        return await Tool.RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "recommender.dll"), "experiments", "ope", "--log", path, .. arguments]);
    }
}
