using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Standalone.Cli;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving.OnDemand;

/// <summary>Requests over Kafka, written and read by foreign clients, on a broker, a Redis and a model of their own.</summary>
public sealed class OnDemandTests(OnDemandFixture fixture) : IClassFixture<OnDemandFixture>
{
    private readonly ServingFixture _serving = fixture.Serving;

    [Fact]
    public async Task A_request_by_kcat_is_answered_as_the_call_is_and_its_impressions_carry_its_id()
    {
        var kcat = Tool.Require("kcat", "kcat");
        await _serving.SetStateAsync("asker", ("b03", EventType.View), ("b05", EventType.Like));
        var (code, _, errors) = await Tool.RunAsync(kcat, ["-P", "-b", _serving.Kafka.Bootstrap, "-t", Topics.Request, "-k", "asker"],
            """{"request_id":"kcat-1","user_id":"asker","count":7,"surface":"mail","exclude_video_ids":["b01"],"explain":true,"later_field":[1,{"a":2}]}""" + "\n");
        Assert.True(code == 0, errors);
        var answer = await AnswerAsync("kcat-1");
        var call = await _serving.RecommendAsync("asker", r =>
        {
            (r.Count, r.Surface) = (7, "mail");
            r.ExcludeVideoIds.Add("b01");
        });
        Assert.Null(answer.Error);
        Assert.Equal(call.Ids(), answer.Videos.Select(v => v.VideoId));
        Assert.Equal(call.Videos.Select(v => v.Score), answer.Videos.Select(v => v.Score));
        Assert.Equal((call.Tier, call.ModelVersion, "none", "asker"), (answer.Tier, answer.ModelVersion, answer.Degradation, answer.UserId));
        Assert.All(answer.Videos, v => Assert.NotEmpty(v.Explanation!.ProposedBy));
        var record = Assert.Single(Records("kcat-1"));
        Assert.Equal("asker", Encoding.UTF8.GetString(record.Key));
        Assert.Equal(Topics.Response, Header(record, CloudEventHeaders.Type));
        await Eventually.TrueAsync(() => LogReader.ReadToEnd(_serving.Kafka.Bootstrap, Topics.Impression)
            .Count(r => Header(r, CloudEventHeaders.Id).StartsWith("kcat-1/", StringComparison.Ordinal)) == 7, "the impressions carry the request's id");
    }

    [Fact]
    public async Task A_wrong_request_is_answered_with_the_names_of_its_fields()
    {
        await SendAsync("wrong", """{"request_id":"wrong-1","user_id":"wrong","count":201,"exclude_video_ids":["a",""],"context":{"age":"old"}}""");
        await SendAsync("wrong", """{"request_id":"wrong-2","user_id":"wrong"}""", (CloudEventHeaders.ExpiryTime, "soon"));
        var first = (await AnswerAsync("wrong-1")).Error!;
        Assert.Equal("INVALID_ARGUMENT", first.Code);
        Assert.Equal(["context[age]", "count", "exclude_video_ids[1]"], first.Fields.Select(f => f.Field).Order(StringComparer.Ordinal));
        Assert.All(first.Fields, f => Assert.Contains(f.Description, first.Message, StringComparison.Ordinal));
        Assert.Equal("ce_expirytime", Assert.Single((await AnswerAsync("wrong-2")).Error!.Fields).Field);
        await SendAsync("wrong", """{"count":{"many":1},"request_id":"wrong-3","user_id":"wrong"}""");
        Assert.Equal(("count", "must be a 32-bit whole number"), Assert.Single((await AnswerAsync("wrong-3")).Error!.Fields) is var field ? (field.Field, field.Description) : default);
    }

    [Fact]
    public async Task Ids_of_any_letters_stay_apart_on_answers_and_impressions_and_a_preview_has_none()
    {
        await SendAsync("greek", """{"request_id":"αβγ","user_id":"greek","count":2}""");
        await SendAsync("greek", """{"request_id":"δεζ","user_id":"greek","count":2,"explain":true}""");
        await SendAsync("greek", """{"request_id":"not shown","user_id":"greek","count":2,"preview":true}""");
        foreach (var id in (string[])["αβγ", "δεζ", "not shown"]) Assert.Null((await AnswerAsync(id)).Error);
        await SendAsync("greek", """{"request_id":"last","user_id":"greek","count":1}""");
        await Eventually.TrueAsync(() => Impressions().Exists(r => Header(r, CloudEventHeaders.Id) == "last/0"), "impressions come in the order of the answers");
        Assert.Equal(["last/0", "αβγ/0", "αβγ/1", "δεζ/0", "δεζ/1"], Impressions().Select(r => Header(r, CloudEventHeaders.Id)).Order(StringComparer.Ordinal));

        List<TopicRecord> Impressions() => [.. LogReader.ReadToEnd(_serving.Kafka.Bootstrap, Topics.Impression).Where(r => Encoding.UTF8.GetString(r.Key) == "greek")];
    }

    [Fact]
    public async Task What_is_no_request_is_set_aside_with_the_reason_and_those_behind_it_are_answered()
    {
        (string Value, string Reason)[] poison =
        [
            ("no json", "not valid JSON"), ("""{"request_id":"nobody"}""", "user_id is empty"), ("""{"user_id":7}""", "user_id must be a string"),
            ($$"""{"user_id":"{{new string('x', 129)}}"}""", "user_id has 129 bytes"), ("[1]", "not a JSON object"),
        ];
        foreach (var (value, _) in poison) await SendAsync("poison", value);
        await _serving.ProduceAsync(new KafkaRecord(Topics.Request, "poison"u8.ToArray(), null));
        await SendAsync("poison", """{"request_id":"behind","user_id":"poison"}""");
        Assert.Null((await AnswerAsync("behind")).Error);
        // A batch whose offsets were not committed, since a replica came or went, is set aside once more.
        var rejected = LogReader.ReadToEnd(_serving.Kafka.Bootstrap, Topics.Rejected)
            .Where(r => Header(r, RejectedHeaders.Topic) == Topics.Request && Header(r, RejectedHeaders.Replayed).Length == 0)
            .DistinctBy(r => Header(r, CloudEventHeaders.Id)).ToArray();
        foreach (var (value, reason) in poison)
        {
            var record = Assert.Single(rejected, r => r.Value is { } bytes && Encoding.UTF8.GetString(bytes) == value);
            Assert.Contains(reason, Header(record, RejectedHeaders.Reason), StringComparison.Ordinal);
            Assert.Equal("/recommender/serving", Header(record, CloudEventHeaders.Source));
        }
        Assert.Single(rejected, r => r.Value is null);
    }

    [Fact]
    public async Task An_expired_request_is_told_so_and_one_that_is_not_is_answered()
    {
        await SendAsync("late", """{"request_id":"late-1","user_id":"late"}""", (CloudEventHeaders.ExpiryTime, "2020-01-01T00:00:00Z"));
        await SendAsync("late", """{"request_id":"late-2","user_id":"late"}""", (CloudEventHeaders.ExpiryTime, "2100-01-01T00:00:00Z"));
        var expired = await AnswerAsync("late-1");
        Assert.Equal("DEADLINE_EXCEEDED", expired.Error!.Code);
        Assert.Empty(expired.Videos);
        Assert.Null((await AnswerAsync("late-2")).Error);
    }

    [Fact]
    public async Task A_request_that_was_set_aside_has_its_id_and_its_time_again_when_it_is_sent_again()
    {
        var headers = new Headers { { CloudEventHeaders.Id, "aside-1"u8.ToArray() }, { CloudEventHeaders.ExpiryTime, "2020-01-01T00:00:00Z"u8.ToArray() } };
        var request = new TopicRecord(new RecordPosition(Topics.Request, 0, 1_000_000), "aside"u8.ToArray(), """{"user_id":"aside"}"""u8.ToArray(), headers, default);
        await _serving.ProduceAsync(RejectedTopic.Record(request, "what an older version could not read", "/recommender/serving", TimeProvider.System.GetUtcNow()));
        using var output = new StringWriter();
        Assert.Equal(0, await CommandLine.RunAsync(
            ["topics", "replay", "--reason", "an older version", "--kafka", _serving.Kafka.Bootstrap], output, output, TestContext.Current.CancellationToken));
        Assert.Equal("DEADLINE_EXCEEDED", (await AnswerAsync("aside-1")).Error!.Code);
    }

    [Fact]
    public async Task A_request_that_is_sent_twice_is_answered_once_and_without_an_id_the_record_counts()
    {
        for (var i = 0; i < 3; i++) await SendAsync("twice", """{"request_id":"twice-1","user_id":"twice"}""");
        await SendAsync("twice", """{"user_id":"twice"}""", (CloudEventHeaders.Id, "from-header"));
        await SendAsync("twice", """{"user_id":"twice"}""");
        await SendAsync("twice", """{"request_id":"twice-2","user_id":"twice"}"""); // the same partition: what was before it is done with
        await AnswerAsync("twice-2");
        Assert.Single(Records("twice-1"));
        Assert.Single(Records("from-header"));
        Assert.Single(Answers(), a => a.RequestId.StartsWith(Topics.Request + "/", StringComparison.Ordinal) && a.UserId == "twice");
    }

    [Fact]
    public async Task Two_replicas_share_the_requests_and_all_are_answered()
    {
        await using var second = await _serving.StartAsync("OnDemand:Enabled=true");
        for (var i = 0; i < 200; i++) await SendAsync($"viewer{i}", $$"""{"request_id":"shared-{{i}}","user_id":"viewer{{i}}","count":3}""");
        await Eventually.TrueAsync(() => Answers().Count(a => a.RequestId.StartsWith("shared-", StringComparison.Ordinal)) >= 200, "all are answered");
        var ids = Answers().Where(a => a.RequestId.StartsWith("shared-", StringComparison.Ordinal)).Select(a => a.RequestId).Distinct();
        Assert.Equal(200, ids.Count());
    }

    private Task SendAsync(string key, string value, params (string Name, string Value)[] headers)
    {
        var all = new Headers();
        foreach (var (name, text) in headers) all.Add(name, Encoding.UTF8.GetBytes(text));
        return _serving.ProduceAsync(new KafkaRecord(Topics.Request, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), all));
    }

    private async Task<RecommendationRecord> AnswerAsync(string id)
    {
        await Eventually.TrueAsync(() => Records(id).Count > 0, $"{id} is answered");
        return JsonSerializer.Deserialize(Records(id)[0].Value, RecordJson.Default.RecommendationRecord)!;
    }

    private List<TopicRecord> Records(string id) => [.. LogReader.ReadToEnd(_serving.Kafka.Bootstrap, Topics.Response).Where(r => Header(r, CloudEventHeaders.Id) == id)];

    private IEnumerable<RecommendationRecord> Answers() =>
        LogReader.ReadToEnd(_serving.Kafka.Bootstrap, Topics.Response).Select(r => JsonSerializer.Deserialize(r.Value, RecordJson.Default.RecommendationRecord)!);

    private static string Header(TopicRecord record, string name) => record.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : "";
}
