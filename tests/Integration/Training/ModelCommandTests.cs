using Recommender.Standalone.Cli;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;

namespace Recommender.Tests.Integration.Training;

public sealed class ModelCommandTests(EmbeddedKafkaFixture kafka, RedisFixture redis) : TrainingTest(kafka, redis)
{
    private static Task<(int Code, string Output, string Errors)> ModelsAsync(TrainingHost host, params string[] arguments) => RunAsync(host, ["models", .. arguments]);

    private static async Task<(int Code, string Output, string Errors)> RunAsync(TrainingHost host, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var address = host.GrpcAddress.Replace("http://", "", StringComparison.Ordinal);
        var code = await CommandLine.RunAsync([.. arguments, "--to", address], output, errors, Token);
        return (code, output.ToString().TrimEnd(), errors.ToString().TrimEnd());
    }

    [Fact]
    public async Task Versions_and_history_are_shown_and_a_rollback_is_one_command()
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var host = await StartAsync();
        Assert.Equal((0, "There is no model yet; 'recommender train' makes one.", ""), await ModelsAsync(host, "list"));
        Assert.Equal((0, "No model was ever live.", ""), await ModelsAsync(host, "history"));
        Assert.Equal(1, (await ModelsAsync(host, "rollback")).Code);

        var first = (await host.SucceedAsync()).ModelVersion;
        var second = (await host.SucceedAsync(promote: false)).ModelVersion;
        Assert.Equal((0, $"Model {second} (ials) is live.", ""), await ModelsAsync(host, "promote", second));
        Assert.Equal((0, $"Model {first} (ials) is live.", ""), await ModelsAsync(host, "rollback"));

        var (code, list, _) = await ModelsAsync(host, "list");
        Assert.Equal(0, code);
        Assert.Matches($"^VERSION .*\n{second}  ials .* challenger\n{first}  ials .* champion$", list);
        var (_, history, _) = await ModelsAsync(host, "history");
        Assert.Matches(
            $"^{first}  live from [0-9: -]+ until now UTC, rolled back\n    asked for by a caller\n"
            + $"{second}  live from [0-9: -]+ to [0-9: -]+ UTC, promoted\n    asked for by a caller\n"
            + $"{first}  live from [0-9: -]+ to [0-9: -]+ UTC, promoted\n    ials reaches ndcg@20 .*nothing was live before$", history);

        var (missing, _, sentence) = await ModelsAsync(host, "promote", "20000101T000000000Z-0000");
        Assert.Equal(1, missing);
        Assert.Contains("20000101T000000000Z-0000", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_are_listed_with_what_came_of_them_and_shown_whole()
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var host = await StartAsync();
        Assert.Equal((0, "There is no run yet; 'recommender train' starts one.", ""), await RunAsync(host, "runs", "list"));
        var first = await host.SucceedAsync();
        var second = await host.SucceedAsync(promote: false);
        var (code, list, _) = await RunAsync(host, "runs", "list");
        Assert.Equal(0, code);
        Assert.Matches(
            $"^{second.RunId}  succeeded, ials, trigger request, [0-9: -]+ UTC, ndcg@20 [0-9.]+, model {second.ModelVersion}\n    did not go live: not asked to go live; .*\n"
            + $"{first.RunId}  succeeded, .*\n    went live: ials reaches .*$", list);
        var (_, json, _) = await RunAsync(host, "runs", "show", first.RunId);
        using var run = System.Text.Json.JsonDocument.Parse(json);
        Assert.Equal(first.Metrics["ndcg@20"], run.RootElement.GetProperty("metrics").GetProperty("ndcg@20").GetDouble());
        Assert.Equal(1, (await RunAsync(host, "runs", "cancel", "20000101T000000000Z-0000")).Code);
    }
}
