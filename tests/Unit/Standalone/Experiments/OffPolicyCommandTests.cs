using System.Globalization;
using Recommender.Standalone.Cli;

namespace Recommender.Tests.Unit.Standalone.Experiments;

public sealed class OffPolicyCommandTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ope-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(1, true)]
    [InlineData(40, false)]
    public async Task A_log_of_few_rewards_is_said_to_be_one_and_its_interval_stays_one_of_a_rate(int rewards, bool isTold)
    {
        var random = new Random(3);
        var path = Path.Combine(_root, "log.csv");
        await File.WriteAllLinesAsync(path, [
            "item_id,position,click,propensity_score",
            .. Enumerable.Range(0, 4000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i % 5},1,{(i < rewards ? 1 : 0)},{0.1 + (0.2 * random.NextDouble()):0.000}")),
        ], TestContext.Current.CancellationToken);
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(["experiments", "ope", "--log", path, "--policy", "uniform"], output, errors, TestContext.Current.CancellationToken);
        Assert.True(code == 0, errors.ToString());
        Assert.Equal(isTold, output.ToString().Contains("only 1 of the choices earned anything", StringComparison.Ordinal));
        var ips = output.ToString().Split('\n').Single(line => line.Contains(" ips ", StringComparison.Ordinal));
        Assert.InRange(double.Parse(ips.Split([',', ']'])[1], CultureInfo.InvariantCulture), 0, 0.1);
    }
}
