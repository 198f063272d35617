using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Standalone.Embedded;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.EndToEnd.Standalone;

/// <summary>Starts that can't be, and starts that are interrupted.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task Two_starts_on_one_directory_are_refused_with_one_sentence()
    {
        using var data = new TempDirectory();
        await using var first = await RunningSystem.StartAsync(data.Path, "--empty");
        var second = await RecommenderProcess.RunAsync("run", "--empty", "--data", data.Path, "--grpc-port", "0", "--http-port", "0", "--kafka-port", "0", "--redis-port", "0");

        Assert.Equal($"The data directory {data.Path} is in use by another recommender; stop that one, or choose another with --data DIRECTORY.", second.Errors.TrimEnd());
        Assert.Equal((2, ""), (second.Code, second.Output));
        Assert.False(first.Process.HasExited);
    }

    [Theory]
    [InlineData("--grpc-port", "gRPC")]
    [InlineData("--http-port", "health and metrics")]
    [InlineData("--kafka-port", "Kafka")]
    [InlineData("--redis-port", "Redis")]
    public async Task A_taken_port_is_named_with_its_option(string option, string purpose)
    {
        Tool.Require("redis-server", "redis-server");
        using var data = new TempDirectory();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        string[] ports = [.. ((string[])["--grpc-port", "--http-port", "--kafka-port", "--redis-port"]).SelectMany(o => (string[])[o, o == option ? $"{port}" : "0"])];
        var start = await RecommenderProcess.RunAsync(["run", "--empty", "--data", data.Path, .. ports]);

        Assert.Equal($"Port {port} on 127.0.0.1, for {purpose}, is taken by another process; choose another with {option} PORT.", start.Errors.TrimEnd());
        Assert.Equal((2, ""), (start.Code, start.Output));
    }

    [Fact]
    public async Task A_wrong_setting_stops_the_start_with_one_sentence()
    {
        using var data = new TempDirectory();
        await using var start = RecommenderProcess.Start(
            ["run", "--empty", "--data", data.Path, "--grpc-port", "0", "--http-port", "0", "--kafka-port", "0", "--redis-port", "0"],
            new Dictionary<string, string> { ["RECOMMENDER_Features__MaxBatch"] = "0" });

        Assert.Equal(2, await start.ExitAsync());
        Assert.Equal("Features:MaxBatch is 0; allowed is 1 to 1000000.", start.Errors.TrimEnd());
    }

    [Theory]
    [InlineData("--grpc-port 70000", "--grpc-port is 70000; it must be 0 to 65535.")]
    [InlineData("--http-port 5050", "--grpc-port and --http-port are both 5050; they must differ.")]
    [InlineData("--data /proc/version", "The data directory /proc/version can't be made: The file '/proc/version' already exists.")]
    public async Task A_wrong_option_gets_one_sentence(string options, string sentence)
    {
        var start = await RecommenderProcess.RunAsync(["run", .. options.Split(' ')]);
        Assert.Equal((2, sentence), (start.Code, start.Errors.TrimEnd()));
    }

    [Fact]
    public async Task An_empty_start_has_no_audience_and_answers()
    {
        using var data = new TempDirectory();
        await using var system = await RunningSystem.StartAsync(data.Path, "--empty");
        await system.Process.WaitForAsync("Ctrl-C stops it.");

        Assert.Contains("There is no data.", system.Process.Output, StringComparison.Ordinal);
        Assert.Empty((await system.RecommendAsync("anybody")).Videos);
        Assert.Equal(0, await system.Process.InterruptAsync());
    }

    [Fact]
    public async Task After_an_audience_that_was_interrupted_the_next_start_goes_on_with_what_is_there()
    {
        using var data = new TempDirectory();
        await using (var first = await RunningSystem.StartAsync(data.Path))
        {
            await first.Process.WaitForAsync("a simulated audience plays:");
            await Eventually.TrueAsync(async () => (await first.CommandAsync("topics", "list")).Output.Contains("view.v1               8       1", StringComparison.Ordinal) || first.Process.Output.Contains("events taken", StringComparison.Ordinal));
            Assert.Equal(0, await first.Process.InterruptAsync());
        }
        await using var second = await RunningSystem.StartAsync(data.Path);
        await second.Process.WaitForAsync("Ctrl-C stops it.");
        Assert.Contains("Continuing where the last start ended", second.Process.Output, StringComparison.Ordinal);
        Assert.Contains("simulate", second.Process.Output, StringComparison.Ordinal);
        Assert.Matches(@"Model \S+ \(\w+\) trained|No model could be trained", second.Process.Output);
    }

    [Fact]
    public async Task What_was_acknowledged_before_a_stop_is_there_after_it()
    {
        using var data = new TempDirectory();
        await using (var first = await RunningSystem.StartAsync(data.Path, "--empty"))
        {
            for (var i = 0; i < 50; i++)
                await first.Door.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = EventType.Like, UserId = "u", VideoId = "v" + i } });
            await first.Catalog.UpsertVideosAsync(new UpsertVideosRequest { Videos = { new Video { VideoId = "v1", Title = "old" }, new Video { VideoId = "v2", Title = "gone" } } });
            await first.Catalog.UpsertVideosAsync(new UpsertVideosRequest { Videos = { new Video { VideoId = "v1", Title = "new" } } });
            await first.Catalog.DeleteVideosAsync(new DeleteVideosRequest { VideoIds = { "v2" } });
            Assert.Equal(0, await first.Process.TerminateAsync()); // at once
        }
        await using var second = await RunningSystem.StartAsync(data.Path, "--empty");
        Assert.Equal(50, (await second.UserAsync("u")).Likes);
        Assert.Equal("new", (await second.Catalog.GetVideoAsync(new GetVideoRequest { VideoId = "v1" })).Title);
        var tail = await second.CommandAsync("topics", "tail", "catalog", "--from", "beginning", "--no-wait");
        Assert.Equal(["null", """{"video_id":"v1","title":"new"}"""], tail.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());

        // Counting goes on behind what there was, although the embedded log began at 0 again.
        await second.Door.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = EventType.Like, UserId = "u", VideoId = "w" } });
        await Eventually.TrueAsync(async () => (await second.UserAsync("u")).Likes == 51);
    }

    [Fact]
    public async Task Programs_that_wait_for_Kafka_while_it_starts_change_no_topic()
    {
        using var data = new TempDirectory();
        using var port = new ReservedPort();
        using var waiting = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = $"127.0.0.1:{port.Number}", ReconnectBackoffMs = 1, ReconnectBackoffMaxMs = 5, TopicMetadataRefreshFastIntervalMs = 10,
        }).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        waiting.Produce(Topics.Impression, new Message<byte[], byte[]> { Key = [1], Value = [1] });

        await using var system = await RunningSystem.StartAsync(data.Path, "--empty", "--kafka-port", $"{port.Number}");

        var topics = await system.CommandAsync("topics", "list");
        Assert.Matches(@"impression\.v1 +8 ", topics.Output);
        Assert.Equal(0, waiting.Flush(TimeSpan.FromSeconds(30)));
    }
}
