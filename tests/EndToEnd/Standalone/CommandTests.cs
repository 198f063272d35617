using System.Text.Json;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.EndToEnd.Standalone;

/// <summary>The commands against a running system.</summary>
public sealed class CommandTests(EmptySystem fixture) : IClassFixture<EmptySystem>
{
    private readonly RunningSystem _system = fixture.System;

    [Fact]
    public async Task Track_sends_an_event_that_kcat_and_topics_tail_can_read()
    {
        var kcat = Tool.Require("kcat", "kcat");
        var track = await _system.CommandAsync("track", "view", "kate", "clip", "--watch-time", "12.5s");
        Assert.Equal((0, ""), (track.Code, track.Errors));
        Assert.StartsWith("accepted: view of clip by kate, event ", track.Output, StringComparison.Ordinal);

        var (code, read, _) = await Tool.RunAsync(kcat, ["-b", _system.Kafka, "-C", "-t", "recommender.view.v1", "-e", "-q", "-f", "%k %h %s\n"]);
        Assert.Equal(0, code);
        var line = Assert.Single(read.Split('\n'), l => l.StartsWith("kate ", StringComparison.Ordinal));
        Assert.Contains("ce_type=recommender.view.v1", line, StringComparison.Ordinal);
        Assert.Contains("\"watch_time_ms\":12500", line, StringComparison.Ordinal);

        var tail = await _system.CommandAsync("topics", "tail", "view", "--from", "beginning", "--no-wait", "--headers");
        using var record = JsonDocument.Parse(Assert.Single(tail.Output.Split('\n'), l => l.Contains("kate", StringComparison.Ordinal)));
        Assert.Equal("kate", record.RootElement.GetProperty("key").GetString());
        Assert.Equal("clip", record.RootElement.GetProperty("value").GetProperty("video_id").GetString());
        Assert.Equal("recommender.view.v1", record.RootElement.GetProperty("headers").GetProperty("ce_type").GetString());
    }

    [Fact]
    public async Task Tail_follows_what_comes_and_stops_at_the_count()
    {
        await using var tail = RecommenderProcess.Start(["topics", "tail", "recommender.share.v1", "--count", "1", "--kafka", _system.Kafka]);
        // It begins at the end, at a moment that can't be seen from outside.
        await Eventually.TrueAsync(async () =>
        {
            await _system.Door.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = EventType.Share, UserId = "tail", VideoId = "clip" } });
            return tail.HasExited;
        });
        Assert.Equal(0, await tail.ExitAsync());
        Assert.Contains("\"type\":\"share\"", Assert.Single(tail.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tail_from_the_beginning_ends_where_the_topic_ends_unless_it_is_to_follow()
    {
        for (var i = 0; i < 3; i++)
            await _system.Door.TrackEventAsync(new TrackEventRequest { Event = new Event { EventId = $"skipped-{i}", Type = EventType.Skip, UserId = $"skipper-{i}", VideoId = "clip" } });

        var few = await _system.CommandAsync("topics", "tail", "feedback", "--from", "beginning", "--count", "2");
        Assert.Equal((0, 2), (few.Code, few.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        var all = await _system.CommandAsync("topics", "tail", "feedback", "--from", "beginning", "--count", "1000");
        Assert.Equal(0, all.Code);
        Assert.All(Enumerable.Range(0, 3), i => Assert.Contains($"\"skipped-{i}\"", all.Output, StringComparison.Ordinal));
        var nothing = await _system.CommandAsync("topics", "tail", "rejected", "--from", "beginning", "--count", "1");
        Assert.Equal((0, ""), (nothing.Code, nothing.Output));

        await using var follower = RecommenderProcess.Start(["topics", "tail", "feedback", "--from", "beginning", "--count", "1000", "--follow", "--kafka", _system.Kafka]);
        await follower.WaitForAsync("skipped-0");
        await _system.Door.TrackEventAsync(new TrackEventRequest { Event = new Event { EventId = "skipped-late", Type = EventType.Skip, UserId = "late", VideoId = "clip" } });
        await follower.WaitForAsync("skipped-late");
        Assert.Equal(130, await follower.InterruptAsync());
    }

    [Fact]
    public async Task Tail_ends_on_ctrl_c()
    {
        await using var tail = RecommenderProcess.Start(["topics", "tail", "like", "--from", "beginning", "--kafka", _system.Kafka]);
        await _system.Door.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = EventType.Like, UserId = "ctrl-c", VideoId = "clip" } });
        await tail.WaitForAsync("ctrl-c");
        Assert.Equal(130, await tail.InterruptAsync());
        Assert.Empty(tail.Errors);
    }

    [Fact]
    public async Task Topics_list_names_every_topic_with_partitions_and_records()
    {
        await _system.Door.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = EventType.Like, UserId = "lister", VideoId = "clip" } });
        var list = await _system.CommandAsync("topics", "list");

        Assert.Equal(0, list.Code);
        Assert.All(Recommender.Contracts.Topics.All, t => Assert.Contains(t, list.Output, StringComparison.Ordinal));
        Assert.Matches(@"recommender\.like\.v1 +8 +[1-9]\d* +0\.\.[1-9]", list.Output);
        Assert.Matches(@"recommender\.model\.v1 +1 +0 +0\.\.0", list.Output);
    }

    [Fact]
    public async Task A_topic_that_is_not_there_is_told_with_those_that_are()
    {
        var tail = await _system.CommandAsync("topics", "tail", "recommender.viws.v1");
        Assert.Equal(2, tail.Code);
        Assert.StartsWith($"There is no topic recommender.viws.v1 at {_system.Kafka}; there are: recommender.catalog.v1,", tail.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recommend_prints_titles_and_reasons_or_json()
    {
        await _system.Catalog.UpsertVideosAsync(new UpsertVideosRequest { Videos = { new Video { VideoId = "shown", Title = "Größe zeigen", Tags = { "tag" } } } });
        await _system.Door.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = EventType.Like, UserId = "fan", VideoId = "shown" } });
        await Eventually.TrueAsync(async () => (await _system.RecommendAsync("asker")).Videos.Any(v => v.VideoId == "shown"));

        var text = await _system.CommandAsync("recommend", "asker", "--explain");
        Assert.Equal((0, ""), (text.Code, text.Errors));
        Assert.Matches(@"videos for asker \(no model yet", text.Output);
        Assert.Contains("Größe zeigen [tag]  - ", text.Output, StringComparison.Ordinal);

        var json = await _system.CommandAsync("recommend", "asker", "--json", "--count", "1");
        using var answer = JsonDocument.Parse(json.Output);
        Assert.Equal(1, answer.RootElement.GetProperty("videos").GetArrayLength());
        Assert.NotEmpty(answer.RootElement.GetProperty("request_id").GetString()!);
    }

    [Theory]
    [InlineData("recommend u --count 201", "count")]
    [InlineData("track like u v --watch-time 3s", "event.watch_time")]
    [InlineData("track view u v --watch-time -3s", "event.watch_time")]
    public async Task What_the_system_refuses_is_told_with_the_field(string line, string field)
    {
        var command = await _system.CommandAsync(line.Split(' '));
        Assert.Equal(2, command.Code);
        Assert.StartsWith(field + ": ", command.Errors, StringComparison.Ordinal);
        Assert.Single(command.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Simulate_plays_against_a_running_system()
    {
        var played = await _system.CommandAsync("simulate", "--viewers", "50", "--videos", "100", "--events", "2000", "--seed", "7");
        Assert.Equal((0, ""), (played.Code, played.Errors));
        Assert.Matches(@"^2,000 events of 50 viewers and 100 videos taken in [\d.]+ s, 0 refused", played.Output);
        Assert.Equal("s7-author", (await _system.Catalog.GetVideoAsync(new GetVideoRequest { VideoId = "s7-video-0001" })).AuthorId[..9]);
    }

    [Fact]
    public async Task Health_readiness_and_metrics_answer_over_http()
    {
        using var http = new HttpClient();
        foreach (var path in (string[])["healthz", "readyz", "metrics"])
            await Eventually.TrueAsync(async () => (await http.GetAsync($"http://{_system.Http}/{path}", TestContext.Current.CancellationToken)).IsSuccessStatusCode);
    }
}
