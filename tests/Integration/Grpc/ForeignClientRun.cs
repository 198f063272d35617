using System.Diagnostics;
using System.Text.Json;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>One run of a foreign client's script against this repository's server, with the outcome of each scenario.</summary>
public abstract class ForeignClientRun
{
    private readonly Lazy<Task<Dictionary<string, string>>> _results;

    protected ForeignClientRun() => _results = new(RunAsync);

    public async Task AssertAsync(string scenario)
    {
        Command();
        var results = await _results.Value;
        Assert.True(results[scenario] == "ok", results[scenario]);
    }

    // Skips the asking test where the language is not installed.
    protected abstract ProcessStartInfo Command();

    private async Task<Dictionary<string, string>> RunAsync()
    {
        await using var server = await EchoServer.StartAsync(options =>
        {
            options.ResponseCompressionAlgorithm = "gzip";
            options.MaxSendMessageSize = 8 << 20;
        });
        var command = Command();
        command.ArgumentList.Add(server.Address.Authority);
        var (code, output, errors) = await ForeignProcess.RunAsync(command, TestContext.Current.CancellationToken);
        Assert.True(code == 0, errors);
        return JsonSerializer.Deserialize<Dictionary<string, string>>(output)!;
    }
}

/// <summary>python3-grpcio.</summary>
public sealed class PythonClientRun : ForeignClientRun
{
    protected override ProcessStartInfo Command() => ForeignTools.Python("echo_client.py");
}

/// <summary>@grpc/grpc-js.</summary>
public sealed class NodeClientRun : ForeignClientRun
{
    protected override ProcessStartInfo Command() => ForeignTools.Node("echo_client.js");
}
