using System.Diagnostics;
using System.Text.Json;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.EndToEnd.RollingRestart;

/// <summary>The program rolling_client.js: a foreign gRPC client that calls all services without a pause.</summary>
internal sealed class RollingClient : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly Task _reading;
    private volatile string _last = "{\"ok\":{}}";

    private RollingClient(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    /// <summary>Calls that were answered so far, by method; events of streams one by one.</summary>
    public IReadOnlyDictionary<string, int> Answered => Parse(_last).Ok;

    /// <summary>Starts it; the test is skipped where the client is not installed.</summary>
    public static RollingClient Start(string endpointsFile)
    {
        var node = Tool.Require("node", "nodejs");
        var modules = Environment.GetEnvironmentVariable("RECOMMENDER_TEST_NODE_MODULES");
        Assert.SkipUnless(
            modules is not null && Directory.Exists(Path.Combine(modules, "@grpc", "grpc-js")),
            "@grpc/grpc-js was not found: set RECOMMENDER_TEST_NODE_MODULES to a node_modules folder that has it.");
        string[] arguments = [InOutput("RollingRestart/rolling_client.js"), InOutput("protos"), InOutput("grpc-service-config.json"), endpointsFile];
        var start = new ProcessStartInfo(node, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NODE_PATH"] = modules;
        start.Environment["no_proxy"] = "*";
        return new RollingClient(Process.Start(start)!);
    }

    /// <summary>Waits until every kind of call has been answered this often since now.</summary>
    public async Task MoreAsync(int each)
    {
        var before = Answered;
        string[] methods = ["TrackEvent", "TrackEvents", "StreamEvents", "Recommend", "GetUserFeatures", "ListTrainingRuns", "ListModelVersions"];
        await Eventually.TrueAsync(
            () => _process.HasExited || methods.All(m => Answered.GetValueOrDefault(m) >= before.GetValueOrDefault(m) + each), "every kind of call is answered");
        if (_process.HasExited) Assert.Fail("The client ended: " + await _errors);
    }

    /// <summary>Ends the calls, and returns what became of all of them.</summary>
    public async Task<Report> EndAsync()
    {
        _process.StandardInput.Close();
        await Eventually.TrueAsync(() => _process.HasExited, "the client ends");
        await _reading;
        Assert.True(_process.ExitCode == 0, await _errors);
        return Parse(_last);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Report Parse(string json) => JsonSerializer.Deserialize<Report>(json, s_json)!;

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static string InOutput(string name) => Path.Combine(AppContext.BaseDirectory, name);

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line) _last = line;
    }

    /// <summary>What the program prints.</summary>
    /// <param name="Ok">Calls that were answered, by method.</param>
    /// <param name="Failed">Calls that failed for good, each with its status.</param>
    /// <param name="Reopened">Streams that a door closed in good order.</param>
    /// <param name="Acknowledged">Events that were acknowledged.</param>
    internal sealed record Report(Dictionary<string, int> Ok, JsonElement Failed, int Reopened, IReadOnlyList<Sent>? Acknowledged);

    /// <summary>An event as the program has it.</summary>
    internal sealed record Sent(string EventId, string Type, string UserId, string VideoId)
    {
        public Event ToEvent() => new()
        {
            EventId = EventId,
            UserId = UserId,
            VideoId = VideoId,
            Type = Type switch { "EVENT_TYPE_VIEW" => EventType.View, "EVENT_TYPE_LIKE" => EventType.Like, _ => EventType.Share },
        };
    }
}
