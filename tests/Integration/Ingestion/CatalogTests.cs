using System.Text;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Ingestion;

public class CatalogTests(IngestionFixture fixture) : IClassFixture<IngestionFixture>
{
    [Fact]
    public async Task A_video_is_readable_as_soon_as_it_is_written_and_gone_as_soon_as_it_is_deleted()
    {
        var video = new Video
        {
            VideoId = "film", AuthorId = "a1", Title = "two\nlines", Duration = Duration.FromTimeSpan(TimeSpan.FromSeconds(12.5)),
            PublishedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddDays(20_000)), Language = "pt-BR", Tags = { "cats", "ocean" },
            Attributes = { ["k"] = "v" },
        };
        // The log's identity is found out in the background; what is written before that is read later.
        await Eventually.TrueAsync(async () =>
        {
            Assert.Equal(1, (await fixture.Catalog.UpsertVideosAsync(new UpsertVideosRequest { Videos = { video } })).Upserted);
            return await TitleAsync("film") == "two\nlines";
        });
        Assert.Equal(video, await fixture.Catalog.GetVideoAsync(new GetVideoRequest { VideoId = "film" }));

        var changed = video.Clone();
        changed.Title = "one line";
        await fixture.Catalog.UpsertVideosAsync(new UpsertVideosRequest { Videos = { changed } });
        Assert.Equal("one line", await TitleAsync("film"));

        Assert.Equal(1, (await fixture.Catalog.DeleteVideosAsync(new DeleteVideosRequest { VideoIds = { "film" } })).Deleted);
        Assert.Null(await TitleAsync("film"));

        var records = LogReader.ReadToEnd(fixture.Kafka.Bootstrap, Topics.Catalog).Where(r => Encoding.UTF8.GetString(r.Key) == "film").ToArray();
        Assert.Equal(["two\nlines", "one line", null], records.Select(r => r.Value is null ? null : VideoJson.Parse(r.Value).Title).Distinct());
    }

    [Fact]
    public async Task One_bad_video_refuses_the_call_and_is_named()
    {
        var request = new UpsertVideosRequest { Videos = { new Video { VideoId = "fine" }, new Video { VideoId = "bad", Tags = { "ok", "" } } } };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await fixture.Catalog.UpsertVideosAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("videos[1].tags[1]: is empty", error.Status.Detail);
        Assert.Null(await TitleAsync("fine"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task Batches_have_1_to_1000_entries(int count)
    {
        var request = new DeleteVideosRequest();
        for (var i = 0; i < count; i++) request.VideoIds.Add("v" + i);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await fixture.Catalog.DeleteVideosAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.StartsWith("video_ids:", error.Status.Detail, StringComparison.Ordinal);
    }

    private async Task<string?> TitleAsync(string id)
    {
        try
        {
            return (await fixture.Catalog.GetVideoAsync(new GetVideoRequest { VideoId = id })).Title;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }
}
