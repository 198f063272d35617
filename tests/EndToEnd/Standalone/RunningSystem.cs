using System.Text.RegularExpressions;
using Grpc.Net.Client;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.EndToEnd.Standalone;

/// <summary><c>recommender run</c> on free ports.</summary>
internal sealed partial class RunningSystem : IAsyncDisposable
{
    private RunningSystem(RecommenderProcess process, GrpcChannel channel, string grpc, string http, string kafka, int redisPort)
    {
        (Process, Channel, Grpc, Http, Kafka, RedisPort) = (process, channel, grpc, http, kafka, redisPort);
        (Door, Serving, Features, Catalog) = (new(channel), new(channel), new(channel), new(channel));
    }

    public RecommenderProcess Process { get; }

    public GrpcChannel Channel { get; }

    public string Grpc { get; }

    public string Http { get; }

    public string Kafka { get; }

    public int RedisPort { get; }

    public IngestionService.IngestionServiceClient Door { get; }

    public RecommendationService.RecommendationServiceClient Serving { get; }

    public FeatureService.FeatureServiceClient Features { get; }

    public CatalogService.CatalogServiceClient Catalog { get; }

    /// <summary>Starts on a data directory; returns when the addresses are known.</summary>
    public static async Task<RunningSystem> StartAsync(string data, params string[] options)
    {
        Tool.Require("redis-server", "redis-server");
        string[] arguments = ["run", "--data", data, .. options];
        foreach (var port in (string[])["--grpc-port", "--http-port", "--kafka-port", "--redis-port"])
            if (!options.Contains(port)) arguments = [.. arguments, port, "0"];
        var process = RecommenderProcess.Start(arguments);
        try
        {
            await process.WaitForAsync("\n  data ");
            var at = Address().Matches(process.Output).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["address"].Value);
            var channel = GrpcChannel.ForAddress("http://" + at["gRPC"]);
            return new RunningSystem(process, channel, at["gRPC"], at["HTTP"], at["Kafka"], int.Parse(at["Redis"].Split(':')[1], null));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command against this system.</summary>
    public Task<Finished> CommandAsync(params string[] arguments) =>
        RecommenderProcess.RunAsync([.. arguments, .. arguments[0] == "topics" ? (string[])["--kafka", Kafka] : ["--to", Grpc]]);

    /// <summary>A viewer's recommendations.</summary>
    public async Task<RecommendResponse> RecommendAsync(string user, int count = 10) =>
        await Serving.RecommendAsync(new RecommendRequest { UserId = user, Count = count });

    /// <summary>As above, once all parts are at work: on a busy machine one can be late.</summary>
    public async Task<RecommendResponse> RecommendWithAllPartsAsync(string user)
    {
        RecommendResponse answer = new() { Degradation = Degradation.Stale };
        await Eventually.TrueAsync(async () => (answer = await RecommendAsync(user)).Degradation == Degradation.None, "an answer is made with all parts");
        return answer;
    }

    /// <summary>A viewer's features.</summary>
    public async Task<UserFeatures> UserAsync(string user) => await Features.GetUserFeaturesAsync(new GetUserFeaturesRequest { UserId = user });

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Process.DisposeAsync();
    }

    [GeneratedRegex(@"^  (?<name>gRPC|HTTP|Kafka|Redis) +(?<address>127\.0\.0\.1:\d+)", RegexOptions.Multiline)]
    private static partial Regex Address();
}
