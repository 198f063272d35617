using Recommender.Tests.Shared;

namespace Recommender.Tests.EndToEnd.Standalone;

/// <summary>The commands reach a secured Kafka: what the environment says of it is what their clients say to the broker.</summary>
public sealed class SecuredKafkaTests
{
    public static TheoryData<string> Commands => ["topics list", "topics tail view", "topics replay", "topics reset --to 2026-01-01T00:00:00Z"];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_says_who_it_is(string command)
    {
        var said = await AskAsync(command, new()
        {
            ["RECOMMENDER_Kafka__SecurityProtocol"] = "sasl_plaintext", ["RECOMMENDER_Kafka__SaslMechanism"] = "PLAIN",
            ["RECOMMENDER_Kafka__SaslUsername"] = "operator", ["RECOMMENDER_Kafka__SaslPassword"] = "s3cret",
        });
        Assert.Equal("PLAIN |operator|s3cret", said);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_speaks_tls(string command) =>
        Assert.Equal("TLS", await AskAsync(command, new() { ["RECOMMENDER_Kafka__SecurityProtocol"] = "ssl" }));

    [Theory]
    [InlineData("topics list")]
    [InlineData("topics tail view")]
    public async Task A_command_that_is_not_let_in_says_why(string command)
    {
        await using var broker = new RefusingBroker();
        await using var process = RecommenderProcess.Start([.. command.Split(' '), "--kafka", broker.Address], new Dictionary<string, string>
        {
            ["RECOMMENDER_Kafka__SecurityProtocol"] = "sasl_plaintext", ["RECOMMENDER_Kafka__SaslMechanism"] = "PLAIN",
            ["RECOMMENDER_Kafka__SaslUsername"] = "operator", ["RECOMMENDER_Kafka__SaslPassword"] = "s3cret",
        });
        Assert.Equal(1, await process.ExitAsync());
        Assert.Contains("SCRAM-SHA-512", process.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", process.Errors + process.Output, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(string command, Dictionary<string, string> environment)
    {
        await using var broker = new SecuredBroker();
        await using var process = RecommenderProcess.Start([.. command.Split(' '), "--kafka", broker.Address], environment);
        return await broker.Said.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
    }
}
