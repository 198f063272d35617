using Recommender.Serving;
using Recommender.Standalone.Cli;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Doors;

/// <summary>A token from the command that makes it to the call that shows it, and its end.</summary>
public sealed class TokensCommandTests : IDisposable
{
    private readonly TempDirectory _files = new();

    private string Callers => Path.Combine(_files.Path, "callers");

    private string TokenFile => Path.Combine(_files.Path, "token");

    [Fact]
    public async Task A_token_that_was_made_opens_the_door_until_its_line_is_taken_out()
    {
        var made = await RunAsync("tokens", "create", "app", "--scopes", "recommendation", "--expires", "2100-01-31", "--callers", Callers);
        Assert.Equal((0, ""), (made.Code, made.Errors));
        File.WriteAllText(TokenFile, made.Output);
        Assert.DoesNotContain(made.Output.Trim(), File.ReadAllText(Callers), StringComparison.Ordinal);
        await using var service = await RunningService.StartAsync(
            "serving", b => b.AddServing(), a => a.MapServing(), "Auth:CallersPath=" + Callers, "Kafka:BootstrapServers=127.0.0.1:1", "Redis:Endpoints=127.0.0.1:1",
            "Storage:ModelsPath=" + _files.Path);
        string[] recommend = ["recommend", "alice", "--json", "--to", new Uri(service.GrpcAddress).Authority];
        Assert.Equal(0, (await RunAsync([.. recommend, "--token-file", TokenFile])).Code);
        var without = await RunAsync(recommend);
        Assert.Equal(ExitCode.Failed, without.Code);
        Assert.Contains("--token-file", without.Errors, StringComparison.Ordinal);
        // A second caller in, the first one out, without a restart.
        var second = await RunAsync("tokens", "create", "next", "--scopes", "*", "--callers", Callers);
        File.WriteAllLines(Callers, File.ReadAllLines(Callers).Where(l => !l.StartsWith("app ", StringComparison.Ordinal)));
        await Eventually.TrueAsync(async () => (await RunAsync([.. recommend, "--token-file", TokenFile])).Code != 0, "the token that was taken out is refused");
        File.WriteAllText(TokenFile, second.Output);
        Assert.Equal(0, (await RunAsync([.. recommend, "--token-file", TokenFile])).Code);
        // A file that can't be used changes nothing.
        File.WriteAllText(Callers, "half a line");
        await Task.Delay(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken);
        Assert.Equal(0, (await RunAsync([.. recommend, "--token-file", TokenFile])).Code);
    }

    [Theory]
    [InlineData("--scopes", "everything", "'everything' is no scope")]
    [InlineData("--scopes", "", "NAME PROOF SCOPES")]
    [InlineData("--expires", "soon", "'soon'; it must be a day")]
    public async Task A_wrong_option_is_told_in_one_sentence(string option, string value, string why)
    {
        var (code, output, errors) = await RunAsync(option == "--scopes" ? ["tokens", "create", "app", option, value] : ["tokens", "create", "app", "--scopes", "*", option, value]);
        Assert.Equal((ExitCode.Usage, ""), (code, output));
        Assert.Contains(why, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_holds_no_token_is_refused_without_repeating_it()
    {
        File.WriteAllText(TokenFile, "two secrets");
        var (code, _, errors) = await RunAsync("recommend", "alice", "--token-file", TokenFile);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("must hold one token", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secrets", errors, StringComparison.Ordinal);
    }

    public void Dispose() => _files.Dispose();

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(arguments, output, errors, TestContext.Current.CancellationToken);
        return (code, output.ToString(), errors.ToString());
    }
}
