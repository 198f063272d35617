using Google.Rpc;
using Grpc.Core;
using Recommender.Serving.Api;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Api;

public class RequestRulesTests
{
    private static readonly string s_long = new('x', 129);

    private static string[] FieldsOf(Action check)
    {
        var error = Assert.Throws<RpcException>(check);
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        var status = Google.Rpc.Status.Parser.ParseFrom(error.Trailers.GetValueBytes("grpc-status-details-bin"));
        return [.. status.Details[0].Unpack<BadRequest>().FieldViolations.Select(v => v.Field)];
    }

    private static string[] FieldsOf(Action<RecommendRequest> change)
    {
        var request = new RecommendRequest { UserId = "u" };
        change(request);
        return FieldsOf(() => RequestRules.Check(request));
    }

    [Fact]
    public void A_good_request_passes() => RequestRules.Check(new RecommendRequest
    {
        UserId = new string('u', 128),
        Count = 200,
        Surface = "for_you",
        ExcludeVideoIds = { Enumerable.Range(0, 1000).Select(i => $"v{i}") },
        RecentVideoIds = { "v" },
        Context = { ["country"] = "NZ" },
    });

    [Fact]
    public void Wrong_fields_are_named()
    {
        Assert.Equal(["user_id"], FieldsOf(r => r.UserId = ""));
        Assert.Equal(["user_id"], FieldsOf(r => r.UserId = s_long));
        Assert.Equal(["user_id"], FieldsOf(r => r.UserId = "a\nb"));
        Assert.Equal(["count"], FieldsOf(r => r.Count = 201));
        Assert.Equal(["count"], FieldsOf(r => r.Count = -1));
        Assert.Equal(["surface"], FieldsOf(r => r.Surface = new string('s', 65)));
        Assert.Equal(["exclude_video_ids[3]"], FieldsOf(r => r.ExcludeVideoIds.Add(["a", "b", "c", ""])));
        Assert.Equal(["recent_video_ids[1]"], FieldsOf(r => r.RecentVideoIds.Add(["a", s_long])));
        Assert.Equal(["exclude_video_ids"], FieldsOf(r => r.ExcludeVideoIds.Add(Enumerable.Repeat("v", 1001))));
        Assert.Equal(["recent_video_ids"], FieldsOf(r => r.RecentVideoIds.Add(Enumerable.Repeat("v", 1001))));
        Assert.Equal(["context"], FieldsOf(r => r.Context.Add(Enumerable.Range(0, 17).ToDictionary(i => $"k{i}", _ => "v"))));
        Assert.Equal(["context"], FieldsOf(r => r.Context.Add("", "v")));
        Assert.Equal(["context"], FieldsOf(r => r.Context.Add(new string('k', 65), "v")));
        Assert.Equal(["context[os]"], FieldsOf(r => r.Context.Add("os", new string('v', 257))));
    }

    [Fact]
    public void All_wrong_fields_are_named_at_once() => Assert.Equal(["user_id", "count"], FieldsOf(r => (r.UserId, r.Count) = ("", 500)));

    [Fact]
    public void Similar_and_trending_name_their_wrong_fields()
    {
        Assert.Equal(["video_id"], FieldsOf(() => RequestRules.Check(new SimilarVideosRequest())));
        Assert.Equal(["count"], FieldsOf(() => RequestRules.Check(new SimilarVideosRequest { VideoId = "v", Count = 201 })));
        Assert.Equal(["window"], FieldsOf(() => RequestRules.Check(new TrendingVideosRequest { Window = "2h" })));
        Assert.Equal(["count", "window"], FieldsOf(() => RequestRules.Check(new TrendingVideosRequest { Count = -5, Window = "x" })));
        RequestRules.Check(new TrendingVideosRequest { Window = "7d" });
        RequestRules.Check(new TrendingVideosRequest());
    }

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        Assert.Equal(20, RequestRules.CountOf(0));
        Assert.Equal(7, RequestRules.CountOf(7));
        Assert.Equal("24h", RequestRules.WindowOf(""));
        Assert.Equal("1h", RequestRules.WindowOf("1h"));
    }
}
