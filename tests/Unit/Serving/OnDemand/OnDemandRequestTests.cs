using System.Text;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Privacy;
using Recommender.Serving.OnDemand;

namespace Recommender.Tests.Unit.Serving.OnDemand;

public class OnDemandRequestTests
{
    private static readonly UserIds s_users = new(new PseudonymOptions());

    [Fact]
    public void Every_field_of_the_call_can_be_asked_for()
    {
        var request = Read("""
            {"request_id":"r","user_id":"u","count":7,"surface":"mail","exclude_video_ids":["a","b"],"recent_video_ids":["c"],"context":{"age":"20"},
             "include_seen":true,"explain":true,"followed_author_ids":["d"],"muted_author_ids":["e"],"preview":true}
            """)!;
        Assert.Empty(request.Violations);
        Assert.Equal("r", request.Id);
        var asked = request.Request;
        Assert.Equal(("u", 7, "mail", true, true, true), (asked.UserId, asked.Count, asked.Surface, asked.IncludeSeen, asked.Explain, asked.Preview));
        Assert.Equal(["a", "b", "c", "d", "e"], asked.ExcludeVideoIds.Concat(asked.RecentVideoIds).Concat(asked.FollowedAuthorIds).Concat(asked.MutedAuthorIds));
        Assert.Equal("20", asked.Context["age"]);
    }

    [Fact]
    public void The_id_is_the_requests_own_then_the_headers_then_the_place_and_the_same_each_time()
    {
        Assert.Equal("own", Read("""{"request_id":"own","user_id":"u"}""", "header")!.Id);
        Assert.Equal("header", Read("""{"user_id":"u"}""", "header")!.Id);
        Assert.Equal("recommender.request.v1/3/17", Read("""{"user_id":"u"}""")!.Id);
        var tooLong = Read($$"""{"request_id":"{{new string('x', 129)}}","user_id":"u"}""")!;
        Assert.Equal("recommender.request.v1/3/17", tooLong.Id);
        Assert.Equal("request_id", Assert.Single(tooLong.Violations).Field);
    }

    [Theory]
    [InlineData("count", "\"many\"")]
    [InlineData("count", "1.5")]
    [InlineData("count", "99999999999")]
    [InlineData("count", "{\"a\":[1,{\"b\":2}]}")]
    [InlineData("explain", "[[true]]")]
    [InlineData("exclude_video_ids", "\"a\"")]
    [InlineData("exclude_video_ids", "[\"a\",[\"b\",{}],\"c\"]")]
    [InlineData("context", "{\"age\":12,\"country\":\"DE\"}")]
    [InlineData("surface", "\"\\ud800\"")]
    public void A_field_of_the_wrong_kind_is_named_and_what_is_behind_it_is_read(string field, string value)
    {
        var request = Read($$"""{"{{field}}":{{value}},"user_id":"u","request_id":"r","muted_author_ids":["e"]}""")!;
        Assert.Equal(field, Assert.Single(request.Violations).Field);
        Assert.Equal(("r", "u", "e"), (request.Id, request.Request.UserId, Assert.Single(request.Request.MutedAuthorIds)));
    }

    [Theory]
    [InlineData("{\"user_id\":7}")]
    [InlineData("{\"user_id\":\"\\ud800\"}")]
    [InlineData("{\"count\":\"many\",\"user_id\":")]
    [InlineData("{\"count\":[1,\"user_id\":\"u\"}")]
    public void What_names_no_viewer_or_is_no_JSON_can_not_be_answered(string json) => Assert.Null(Read(json));

    [Fact]
    public void Only_the_newest_answers_are_remembered()
    {
        var answered = new AnsweredRequests(100);
        var requests = Enumerable.Range(0, 1000).Select(i => Read($$"""{"request_id":"r{{i}}","user_id":"u"}""")!).ToArray();
        foreach (var request in requests)
        {
            Assert.False(answered.Contains(request));
            answered.Add(request);
            Assert.True(answered.Contains(request));
        }
        Assert.Equal(100, requests.Count(answered.Contains));
        Assert.All(requests[900..], r => Assert.True(answered.Contains(r)));
        Assert.False(answered.Contains(Read("""{"request_id":"r999","user_id":"another"}""")!));
        var none = new AnsweredRequests(0);
        none.Add(requests[0]);
        Assert.False(none.Contains(requests[0]));
    }

    private static OnDemandRequest? Read(string json, string? id = null)
    {
        var headers = new Headers();
        if (id is not null) headers.Add(CloudEventHeaders.Id, Encoding.UTF8.GetBytes(id));
        return OnDemandRequest.Read(new TopicRecord(new RecordPosition(Topics.Request, 3, 17), [], Encoding.UTF8.GetBytes(json), headers, DateTimeOffset.UnixEpoch), s_users, out _);
    }
}
