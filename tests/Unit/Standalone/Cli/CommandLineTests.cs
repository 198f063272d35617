using Recommender.Standalone.Cli;

namespace Recommender.Tests.Unit.Standalone.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("", "one of run, simulate, import, assess, evaluate, export, train, runs, models, recommend, track, forget, topics, archive, experiments, tokens is missing; see 'recommender --help'.")]
    [InlineData("fly", "'fly' is unknown here; see 'recommender --help'.")]
    [InlineData("recommend", "USER is missing; see 'recommender recommend --help'.")]
    [InlineData("recommend u --cuont 3", "'--cuont' is unknown here; see 'recommender recommend --help'.")]
    [InlineData("recommend u --to nowhere", "'nowhere' is no address; HOST:PORT is expected, for example 127.0.0.1:5050; see 'recommender recommend --help'.")]
    [InlineData("recommend u --count 0", "--count is 0; it must be 1 to 200.")]
    [InlineData("track like u", "VIDEO is missing; see 'recommender track --help'.")]
    [InlineData("track unfollow_author u v", "--author is missing; see 'recommender track --help'.")]
    [InlineData("track mute_author u v", "--author is missing; see 'recommender track --help'.")]
    [InlineData("track poke u v", "TYPE is 'poke'; it must be one of view, like, share, skip, not_interested, unlike, follow, mute_author, unmute_author, follow_author, unfollow_author; see 'recommender track --help'.")]
    [InlineData("track view u v --watch-time long", "'long' is no length of time; 12.5s, 750ms or 2m are; see 'recommender track --help'.")]
    [InlineData("import --format parquet x", "--format is 'parquet'; it must be one of kuairand, movielens, sequences, jsonl; see 'recommender import --help'.")]
    [InlineData("import --format jsonl", "PATH is missing; see 'recommender import --help'.")]
    [InlineData("import --format jsonl /no/such/file", "/no/such/file is not there.")]
    [InlineData("topics", "one of list, tail, replay, reset is missing; see 'recommender topics --help'.")]
    [InlineData("export", "MODEL is missing; see 'recommender export --help'.")]
    [InlineData("export live --out f --format tflite", "--format is 'tflite'; it must be one of onnx, npz; see 'recommender export --help'.")]
    [InlineData("runs", "one of list, show, cancel is missing; see 'recommender runs --help'.")]
    [InlineData("models", "one of list, history, promote, rollback is missing; see 'recommender models --help'.")]
    [InlineData("models promote", "VERSION is missing; see 'recommender models promote --help'.")]
    [InlineData("topics tail view --count 0", "--count is 0; it must be at least 1.")]
    [InlineData("topics tail view --follow --no-wait", "--follow and --no-wait exclude each other.")]
    [InlineData("simulate --viewers 0", "--viewers is 0; it must be 1 to 1000000.")]
    public async Task A_wrong_command_line_gets_one_sentence_and_exit_code_2(string line, string sentence)
    {
        var (code, output, error) = await RunAsync(line);

        Assert.Equal(sentence, error.TrimEnd());
        Assert.Equal(ExitCode.Usage, code);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("recommend u")]
    [InlineData("track like u v")]
    [InlineData("models list")]
    [InlineData("runs list")]
    [InlineData("models rollback")]
    [InlineData("simulate --events 10")]
    public async Task Nobody_at_the_address_gets_one_sentence_and_exit_code_1(string line)
    {
        var (code, output, error) = await RunAsync(line + " --to 127.0.0.1:1");

        Assert.Equal("Nothing answers at 127.0.0.1:1; start the system with 'recommender run', or name its address with --to.", error.TrimEnd());
        Assert.Equal(ExitCode.Failed, code);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("topics list")]
    [InlineData("topics tail view")]
    public async Task No_kafka_gets_one_sentence_and_exit_code_1(string line)
    {
        var (code, _, error) = await RunAsync(line + " --kafka 127.0.0.1:1");

        Assert.Equal("No Kafka broker answers at 127.0.0.1:1; start the system with 'recommender run', or name the bootstrap address with --kafka.", error.TrimEnd());
        Assert.Equal(ExitCode.Failed, code);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("import --help")]
    [InlineData("topics tail --help")]
    public async Task Help_goes_to_standard_output(string line)
    {
        var (code, output, error) = await RunAsync(line);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
        Assert.Empty(error);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
