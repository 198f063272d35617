namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>Python's gRPC calls this repository's server; the scenarios are in echo_client.py.</summary>
public sealed class PythonClientTests(PythonClientRun run) : IClassFixture<PythonClientRun>
{
    [Theory]
    [InlineData("unary")]
    [InlineData("empty_message")]
    [InlineData("big_message")]
    [InlineData("upload")]
    [InlineData("download")]
    [InlineData("duplex")]
    [InlineData("empty_streams")]
    [InlineData("status")]
    [InlineData("status_details")]
    [InlineData("failing_stream")]
    [InlineData("crash_is_unknown")]
    [InlineData("unknown_method")]
    [InlineData("metadata")]
    [InlineData("deadline")]
    [InlineData("cancellation")]
    [InlineData("abandoned_stream")]
    [InlineData("abandoned_connection")]
    [InlineData("gzip")]
    [InlineData("deflate_is_refused")]
    [InlineData("oversized")]
    public Task Python_calls_us(string scenario) => run.AssertAsync(scenario);
}

/// <summary>Node's gRPC calls this repository's server; the scenarios are in echo_client.js.</summary>
public sealed class NodeClientTests(NodeClientRun run) : IClassFixture<NodeClientRun>
{
    [Theory]
    [InlineData("unary")]
    [InlineData("empty_message")]
    [InlineData("big_message")]
    [InlineData("upload")]
    [InlineData("download")]
    [InlineData("duplex")]
    [InlineData("status")]
    [InlineData("status_details")]
    [InlineData("failing_stream")]
    [InlineData("crash_is_unknown")]
    [InlineData("metadata")]
    [InlineData("deadline")]
    [InlineData("cancellation")]
    [InlineData("abandoned_stream")]
    [InlineData("gzip")]
    [InlineData("oversized")]
    public Task Node_calls_us(string scenario) => run.AssertAsync(scenario);
}
