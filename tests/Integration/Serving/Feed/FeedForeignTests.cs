using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving.Feed;

/// <summary>Apps in other languages hold a stream.</summary>
public sealed class FeedForeignTests(FeedFixture feed) : IClassFixture<FeedFixture>
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    [Fact]
    public async Task Python_holds_a_stream()
    {
        using var files = new TempDirectory();
        var descriptors = Path.Combine(files.Path, "descriptors");
        var set = new FileDescriptorSet
        {
            File =
            {
                new[] { TimestampReflection.Descriptor, DurationReflection.Descriptor, EventsReflection.Descriptor, ServingReflection.Descriptor }
                    .Select(d => FileDescriptorProto.Parser.ParseFrom(d.SerializedData)),
            },
        };
        await File.WriteAllBytesAsync(descriptors, set.ToByteArray(), TestContext.Current.CancellationToken);
        var python = await Tool.RequirePythonAsync("grpc", "python3-grpcio");
        await CheckAsync("python", await Tool.RunAsync(python, [Script("feed_client.py"), At, descriptors, "from-python", "b05"]));
    }

    [Fact]
    public async Task Node_holds_a_stream()
    {
        var modules = Environment.GetEnvironmentVariable("RECOMMENDER_TEST_NODE_MODULES");
        Assert.SkipWhen(modules is null || !Directory.Exists(Path.Combine(modules, "@grpc", "proto-loader")), "@grpc/proto-loader was not found; RECOMMENDER_TEST_NODE_MODULES names the folder.");
        await CheckAsync("node", await Tool.RunAsync("node", [Script("feed_client.js"), At, Path.Combine(AppContext.BaseDirectory, "Serving", "Feed", "protos"), "from-node", "b05"], "", ("NODE_PATH", modules!)));
    }

    private string At => new Uri(feed.Replica.GrpcAddress).Authority;

    private async Task CheckAsync(string language, (int Code, string Output, string Errors) run)
    {
        Assert.True(run.Code == 0, run.Errors);
        var told = JsonSerializer.Deserialize<Told>(run.Output, s_json)!;
        Assert.Equal(["trending", "realtime"], told.Tiers);
        Assert.Equal(10, told.Videos.Distinct().Count());
        Assert.Equal(("from-" + language, ""), (told.Acks[0].EventId, told.Acks[0].RejectedReason));
        Assert.Contains("video_id", told.Acks[1].RejectedReason, StringComparison.Ordinal);
        Assert.True(told.Ended);
        await Eventually.TrueAsync(() => feed.EventsOf("from-" + language).Count == 1);
    }

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Serving", "Feed", "clients", name);

    private sealed record Told(string[] Tiers, string[] Videos, Ack[] Acks, bool Ended);

    private sealed record Ack(string EventId, string RejectedReason);
}
