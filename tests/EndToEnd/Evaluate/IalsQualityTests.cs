using static Recommender.Tests.EndToEnd.Evaluate.EvaluateProgram;

namespace Recommender.Tests.EndToEnd.Evaluate;

public sealed class IalsQualityTests : IDisposable
{
    private readonly EvaluateProgram _program = new();

    [Fact]
    public async Task Tastes_that_popularity_cannot_see_are_found_with_default_parameters()
    {
        // Forty viewers each of five tastes; each taste has its own thirty videos.
        var random = new Random(1);
        var (train, test) = (new StringWriter(), new StringWriter());
        for (var viewer = 0; viewer < 200; viewer++)
        {
            int[] videos = [.. Enumerable.Range(30 * (viewer % 5), 30).OrderBy(_ => random.Next()).Take(10)];
            foreach (var video in videos[..8]) train.WriteLine($"u{viewer} v{video}");
            foreach (var video in videos[8..]) test.WriteLine($"u{viewer} v{video}");
        }

        var (trainFile, testFile) = (_program.Write("train.txt", train.ToString()), _program.Write("test.txt", test.ToString()));
        async Task<double> RecallAsync(string trainer)
        {
            var json = await RunJsonAsync("--train", trainFile, "--test", testFile, "--format", "pairs", "--trainer", trainer);
            return json.GetProperty("metrics").GetProperty("recall@20").GetDouble();
        }

        // Of the 22 videos of the own taste that are left, 20 are shown.
        Assert.InRange(await RecallAsync("ials"), 0.85, 1);
        Assert.InRange(await RecallAsync("popularity"), 0, 0.4);
    }

    public void Dispose() => _program.Dispose();
}
