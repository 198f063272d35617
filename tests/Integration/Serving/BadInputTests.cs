using Google.Rpc;
using Grpc.Core;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving;

public sealed class BadInputTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private static async Task<string[]> FieldsOfAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        var status = Google.Rpc.Status.Parser.ParseFrom(error.Trailers.GetValueBytes("grpc-status-details-bin"));
        return [.. status.Details[0].Unpack<BadRequest>().FieldViolations.Select(v => v.Field)];
    }

    [Fact]
    public async Task Wrong_fields_are_named()
    {
        Assert.Equal(["user_id"], await FieldsOfAsync(() => serving.RecommendAsync("")));
        Assert.Equal(["count"], await FieldsOfAsync(() => serving.RecommendAsync("u", r => r.Count = 201)));
        Assert.Equal(["count"], await FieldsOfAsync(() => serving.RecommendAsync("u", r => r.Count = -1)));
        Assert.Equal(["exclude_video_ids[3]"], await FieldsOfAsync(() => serving.RecommendAsync("u", r => r.ExcludeVideoIds.Add(["a", "b", "c", ""]))));
        foreach (var country in (string[])["Germany", "DEU", "D1", "DE,FR"])
            Assert.Equal(["context[country]"], await FieldsOfAsync(() => serving.RecommendAsync("u", r => r.Context.Add("country", country))));
        Assert.Equal(["video_id"], await FieldsOfAsync(() => serving.SimilarAsync("")));
        Assert.Equal(["window"], await FieldsOfAsync(() => serving.TrendingAsync("2h")));
    }

    [Fact]
    public async Task Unknown_things_are_not_wrong()
    {
        Assert.NotEmpty((await serving.RecommendAsync("nobody", r => r.ExcludeVideoIds.Add("nothing"))).Videos);
        Assert.NotEmpty((await serving.RecommendAsync("nobody", r => r.RecentVideoIds.Add("nothing"))).Videos);
        Assert.NotEmpty((await serving.RecommendAsync("nobody", r => r.Context.Add("country", " de "))).Videos);
        Assert.NotEmpty((await serving.RecommendAsync("nobody", r => r.Context.Add("country", ""))).Videos);
        var similar = await serving.SimilarAsync("nothing");
        Assert.Equal(10, similar.Videos.Count);
        Assert.All(similar.Videos, v => Assert.Equal(Source.Trending, v.Source));
    }
}
