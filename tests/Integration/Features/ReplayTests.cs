using System.Text;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using Recommender.Standalone.Cli;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using static Recommender.Tests.Integration.Features.FeaturesFixture;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Recommender.Tests.Integration.Features;

/// <summary>Dead letters that are sent again, and a group that is set back.</summary>
public sealed class ReplayTests : IAsyncLifetime
{
    private readonly FeaturesFixture _fixture = new();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_dead_letter_says_why_and_where_it_came_from_and_keeps_its_bytes_and_can_be_sent_again_by_reason_place_and_time()
    {
        await using var service = await _fixture.StartAsync();
        byte[] broken = "{\"type\":"u8.ToArray();
        // Refused since it is on the wrong topic: what a newer version might read.
        var late = EventJson.Serialize(Event("late", EventType.Like, "ann", "v"), Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()));
        var places = await _fixture.WriteAsync(
            new KafkaRecord(Topics.View, "ann"u8.ToArray(), broken), new KafkaRecord(Topics.View, "ann"u8.ToArray(), late), new KafkaRecord(Topics.Share, "bob"u8.ToArray(), broken));
        await Eventually.TrueAsync(() => LogReader.ReadToEnd(_fixture.Kafka.Bootstrap, Topics.Rejected).Count == 3);
        var letters = LogReader.ReadToEnd(_fixture.Kafka.Bootstrap, Topics.Rejected);
        Assert.Equal(places.Select(p => p.ToString()).Order(), letters.Select(l => $"{Header(l, "rejected_topic")}[{Header(l, "rejected_partition")}]@{Header(l, "rejected_offset")}").Order());
        Assert.Equal(late, letters.Single(l => Header(l, "rejected_reason").Contains("does not belong to this topic", StringComparison.Ordinal)).Value);

        Assert.Contains("0 of 3 records would be sent again.", await RunAsync("replay", "--dry-run", "--reason", "nonsense"), StringComparison.Ordinal);
        Assert.Contains("0 of 3 records would", await RunAsync("replay", "--dry-run", "--to", "2020-01-01T00:00:00Z"), StringComparison.Ordinal);
        Assert.Contains("3 of 3 records would", await RunAsync("replay", "--dry-run", "--from", "2020-01-01"), StringComparison.Ordinal);
        Assert.Contains("2 of 3 records would", await RunAsync("replay", "--dry-run", "--topic", "view", "--partition", $"{places[0].Partition}"), StringComparison.Ordinal);
        Assert.Contains("1 of 3 records were sent again.", await RunAsync("replay", "--reason", "BELONG"), StringComparison.Ordinal);
        // Still wrong, so it is set aside again, from its new place.
        await Eventually.TrueAsync(() => LogReader.ReadToEnd(_fixture.Kafka.Bootstrap, Topics.Rejected).Count == 5);
        Assert.Contains("1 of 4 records would be sent again.", await RunAsync("replay", "--dry-run", "--reason", "BELONG"), StringComparison.Ordinal);
        var again = LogReader.ReadToEnd(_fixture.Kafka.Bootstrap, Topics.View)[^1];
        Assert.Equal((places[0].Partition, "late", late.Length), (again.Position.Partition, Header(again, "ce_id"), again.Value!.Length));
    }

    [Fact]
    public async Task A_dead_letter_keeps_the_headers_that_fit_and_has_them_again_when_it_is_sent_again()
    {
        await using var service = await _fixture.StartAsync("Features:DrainOnStop=true"); // with which headers are read
        var headers = new Headers
        {
            { "large", new byte[16 * 1024] }, { "ce_id", "own"u8.ToArray() }, { "twice", "1"u8.ToArray() }, { "twice", [0xFF, 0] }, { "none", null },
        };
        await _fixture.WriteAsync(new KafkaRecord(Topics.View, "ann"u8.ToArray(), "{}"u8.ToArray(), headers));
        await Eventually.TrueAsync(() => LogReader.ReadToEnd(_fixture.Kafka.Bootstrap, Topics.Rejected).Count == 1);
        var letter = LogReader.ReadToEnd(_fixture.Kafka.Bootstrap, Topics.Rejected)[0];
        Assert.Equal(("1", "own"), (Header(letter, "rejected_headers_dropped"), Header(letter, "rejected_header_ce_id")));
        await RunAsync("replay");
        await Eventually.TrueAsync(() => LogReader.ReadToEnd(_fixture.Kafka.Bootstrap, Topics.Rejected).Count == 3); // with the note, and set aside again
        var again = LogReader.ReadToEnd(_fixture.Kafka.Bootstrap, Topics.View)[1];
        Assert.Equal(["ce_id:own", "twice:1", "twice:255,0", "none:"], again.Headers.Take(4).Select(h =>
            $"{h.Key}:{(h.Key == "twice" && h.GetValueBytes() is [0xFF, _] ? string.Join(',', h.GetValueBytes()) : Encoding.UTF8.GetString(h.GetValueBytes() ?? []))}"));
        Assert.Equal("/recommender/replay", Header(again, "ce_source")); // what it had none of
        Assert.DoesNotContain(again.Headers, h => h.Key.StartsWith("rejected_", StringComparison.Ordinal));
        string[] kept = [.. LogReader.ReadToEnd(_fixture.Kafka.Bootstrap, Topics.Rejected).Where(l => l.Value is not null).Select(l => Header(l, "rejected_header_ce_id"))];
        Assert.Equal(["own", "own"], kept);
    }

    [Fact]
    public async Task A_dead_letter_that_is_good_by_now_counts_once_however_often_it_is_sent()
    {
        await using var service = await _fixture.StartAsync();
        var value = EventJson.Serialize(Event("good", EventType.Like, "cyd", "v"), Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()));
        await _fixture.WriteAsync(new KafkaRecord(Topics.Rejected, "cyd"u8.ToArray(), value, new Headers
        {
            { "rejected_reason", "an older version did not know it"u8.ToArray() }, { "rejected_topic", Encoding.UTF8.GetBytes(Topics.Like) },
            { "rejected_partition", "0"u8.ToArray() }, { "rejected_offset", "17"u8.ToArray() },
        }));
        await RunAsync("replay");
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("cyd")).Likes == 1);
        Assert.Contains("1 of 1 records were sent again.", await RunAsync("replay", "--again"), StringComparison.Ordinal);
        await _fixture.SendAsync(Event("next", EventType.Like, "cyd", "v"));
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("cyd")).Knows(StableHash.Of("next")));
        Assert.Equal(2, (await _fixture.ViewerAsync("cyd")).Likes);
        Assert.Equal(2, (await _fixture.VideoAsync("v")).Likes);
    }

    [Fact]
    public async Task A_refused_mute_and_its_end_that_are_sent_again_mute_by_what_happened_last()
    {
        await using var service = await _fixture.StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        Event Decision(string id, EventType type, string author, int secondsAgo) => new()
        {
            EventId = id, Type = type, UserId = "dee", AuthorId = author, OccurredAt = Timestamp.FromDateTimeOffset(now.AddSeconds(-secondsAgo)),
        };
        KafkaRecord Refused(Event e, string topic, int offset) => new(Topics.Rejected, "dee"u8.ToArray(), EventJson.Serialize(e, Timestamp.FromDateTimeOffset(now)), new Headers
        {
            { "rejected_reason", "an older version did not know it"u8.ToArray() }, { "rejected_topic", Encoding.UTF8.GetBytes(topic) },
            { "rejected_partition", "0"u8.ToArray() }, { "rejected_offset", Encoding.UTF8.GetBytes($"{offset}") },
        });
        await _fixture.WriteAsync(
            Refused(Decision("mute-x", EventType.MuteAuthor, "x", 40), Topics.Feedback, 1), Refused(Decision("unmute-x", EventType.UnmuteAuthor, "x", 30), Topics.Feedback, 2),
            Refused(Decision("unmute-y", EventType.UnmuteAuthor, "y", 60), Topics.Feedback, 3), Refused(Decision("mute-y", EventType.MuteAuthor, "y", 20), Topics.Feedback, 4));
        await RunAsync("replay");
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("dee")).Knows(StableHash.Of("mute-y")));
        await AssertOnlyYIsMutedAsync();

        // Once more, behind a decision of later: what happened before it changes nothing.
        await _fixture.SendAsync(Decision("mute-z", EventType.MuteAuthor, "z", 10), Decision("unmute-z", EventType.UnmuteAuthor, "z", 5));
        Assert.Contains("4 of 4 records were sent again.", await RunAsync("replay", "--again"), StringComparison.Ordinal);
        await _fixture.SendAsync(Event("after", EventType.Like, "dee", "v"));
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("dee")).Knows(StableHash.Of("after")));
        await AssertOnlyYIsMutedAsync();

        // On the wrong topic it is refused, and where it came from once more.
        await _fixture.WriteAsync(new KafkaRecord(Topics.View, "dee"u8.ToArray(), EventJson.Serialize(Decision("lost", EventType.MuteAuthor, "w", 1))));
        await Eventually.TrueAsync(() => LogReader.ReadToEnd(_fixture.Kafka.Bootstrap, Topics.Rejected).Any(l => l.Value is not null && Header(l, "rejected_topic") == Topics.View));
        await AssertOnlyYIsMutedAsync();

        async Task AssertOnlyYIsMutedAsync() => Assert.Equal(["y"], (await _fixture.ViewerAsync("dee")).Muted.Ids);
    }

    [Fact]
    public async Task A_group_that_is_set_back_absorbs_what_states_have_lost_and_counts_nothing_twice()
    {
        var audience = new Audience(_fixture, 11);
        await using (await _fixture.StartAsync())
        {
            await audience.SendAsync(300);
            await audience.AssertCountedOnceAsync();
        }
        var middle = TimeProvider.System.GetUtcNow();
        await using (await _fixture.StartAsync())
        {
            await _fixture.SendAsync(Enumerable.Range(0, 20).Select(i => Event($"d{i}", EventType.View, "dan", "vd")));
            await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("dan")).Views == 20);
        }
        await _fixture.Redis.Client.DeleteAsync(OnlineKeys.Viewer("dan")); // lost by accident
        var reset = await RunAsync("reset", "--to", middle.ToString("O"));
        Assert.Contains($"{Topics.View}  ", reset, StringComparison.Ordinal);

        await using var service = await _fixture.StartAsync();
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("dan")).Views == 20);
        Assert.Equal(20, (await _fixture.VideoAsync("vd")).Views);
        await audience.AssertCountedOnceAsync();
        Assert.Equal(320, (await _fixture.ArchivedEventIdsAsync()).Count); // the archive has none twice either
    }

    [Fact]
    public async Task A_group_set_back_to_before_everything_or_after_it_begins_there()
    {
        await _fixture.SendAsync(Enumerable.Range(0, 5).Select(i => Event($"e{i}", EventType.View, "eve", "v")));
        var partition = Murmur2.PartitionOf("eve"u8, Partitions);
        Assert.Contains($"{partition}:0", Line(await RunAsync("reset", "--to", "2020-01-01T00:00:00Z", "--group", "g")), StringComparison.Ordinal);
        Assert.Contains($"{partition}:5", Line(await RunAsync("reset", "--to", "2120-01-01T00:00:00Z", "--group", "g")), StringComparison.Ordinal);

        static string Line(string output) => output.Split('\n').First(l => l.StartsWith(Topics.View, StringComparison.Ordinal));
    }

    private static string Header(TopicRecord record, string name) => Encoding.UTF8.GetString(record.Headers.GetLastBytes(name));

    private async Task<string> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(["topics", .. arguments, "--kafka", _fixture.Kafka.Bootstrap], output, error, TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (code, error.ToString()));
        return output.ToString();
    }
}
