using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts.Json;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Dataset;
using Recommender.Tests.Shared;
using Recommender.V1;

namespace Recommender.Tests.Unit.Standalone.Dataset;

public sealed class DatasetCommandTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly string _root = Directory.CreateTempSubdirectory("dataset-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Impressions_are_joined_with_what_was_known_before_and_what_came_after()
    {
        var archive = new TestArchive(Path.Combine(_root, "archive"));
        archive.Add("view", Row("1", EventType.View, "ann", "v1", 0, watchedMs: 4000), Row("2", EventType.View, "ann", "v2", 200, watchedMs: 9000, request: "r"),
            Row("3", EventType.View, "bob", "v2", 50, receivedAfter: 100), Row("1", EventType.View, "ann", "v1", 0, watchedMs: 4000));
        archive.Add("like", Row("4", EventType.Like, "ann", "v2", 210, request: "r"), Row("5", EventType.Like, "eve", "v2", 10), Row("6", EventType.Like, "bob", "v2", 20, request: "r"));
        archive.Add("feedback", """{"event_id":"7","type":"mute_author","user_id":"ann","video_id":"v2","author_id":"a","occurred_at":"2026-11-01T08:00:30Z","request_id":"r"}""");
        archive.Add("impression", Shown("ann", "v2", 100, "r"), Shown("eve", "v2", 90, "s"));
        archive.Add("erasure", [JsonSerializer.SerializeToUtf8Bytes(new global::Recommender.Contracts.Json.Erasure("e", "eve", s_start.AddSeconds(300)), RecordJson.Default.Erasure)]);

        var table = Path.Combine(_root, "table.csv");
        Assert.Equal(0, await RunAsync("--out", table));
        var lines = File.ReadAllLines(table);
        var row = lines[0].Split(',').Zip(Assert.Single(lines.Skip(1)).Split(',')).ToDictionary(c => c.First, c => c.Second);
        Assert.Equal(("ann", "v2", "r", "trending", "0.25"), (row["user_id"], row["video_id"], row["request_id"], row["source"], row["propensity"]));
        // The view with a retry, once; bob's late view was not known yet, his like was; nothing of the forgotten viewer.
        Assert.Equal(("1", "4000", "100000"), (row["viewer_views"], row["viewer_watched_ms"], row["viewer_age_ms"]));
        Assert.Equal(("0", "1", "0"), (row["video_views"], row["video_likes"], row["video_impressions"]));
        Assert.Equal(("0", "-1"), (row["pair_views"], row["pair_age_ms"]));
        Assert.Equal(("1", "9000", "1", "0"), (row["viewed"], row["watched_ms"], row["liked"], row["shared"]));

        var lined = Path.Combine(_root, "table.jsonl");
        Assert.Equal(0, await RunAsync("--out", lined, "--format", "jsonl", "--of", "views"));
        var views = File.ReadAllLines(lined).Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal(["v1", "v2", "v2"], views.Select(v => v.GetProperty("video_id").GetString()));
        Assert.Equal([0, 1, 2], views.Select(v => v.GetProperty("video_likes").GetInt32() + v.GetProperty("video_views").GetInt32()));
        Assert.Equal(DatasetWriter.Columns, views[0].EnumerateObject().Select(p => p.Name));
    }

    private Task<int> RunAsync(params string[] arguments) => CommandLine.RunAsync(
        ["archive", "dataset", "--archive", Path.Combine(_root, "archive"), .. arguments], TextWriter.Null, TextWriter.Null, TestContext.Current.CancellationToken);

    private static string Row(string id, EventType type, string user, string video, int second, long watchedMs = 0, string request = "", int receivedAfter = 0)
    {
        var at = s_start.AddSeconds(second);
        var e = new Event { EventId = id, Type = type, UserId = user, VideoId = video, OccurredAt = Timestamp.FromDateTimeOffset(at), RequestId = request };
        if (watchedMs > 0) e.WatchTime = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(watchedMs));
        return System.Text.Encoding.UTF8.GetString(EventJson.Serialize(e, Timestamp.FromDateTimeOffset(at.AddSeconds(receivedAfter))));
    }

    private static string Shown(string user, string video, int second, string request) => JsonSerializer.Serialize(
        new Impression(request, user, video, 0, "trending", 1, 0.25, "", "", "", "none", s_start.AddSeconds(second)), RecordJson.Default.Impression);
}
