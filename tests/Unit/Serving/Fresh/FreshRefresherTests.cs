using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Online;
using Recommender.Serving;
using Recommender.Serving.Catalog;
using Recommender.Serving.Fresh;
using Recommender.Serving.Model;
using Recommender.Tests.Unit.Serving.Viewers;
using Recommender.V1;
using StackExchange.Redis;

namespace Recommender.Tests.Unit.Serving.Fresh;

public sealed class FreshRefresherTests
{
    [Fact]
    public async Task Counters_that_are_damaged_cost_no_other_fresh_video_its_chance()
    {
        var options = new ServingOptions { FreshShare = 0.1, FreshFor = TimeSpan.FromDays(1) };
        var catalog = new VideoCatalog(options);
        foreach (var id in new[] { "liked", "ignored", "damaged" })
            catalog.Upsert(id, "ann", Queries.Now.ToUnixTimeMilliseconds(), catalog.Traits.Of(new Video { VideoId = id }));
        var (redis, control) = FakeRedis.Create((_, _) => Task.FromResult<byte[]?[]>([]));
        var counters = new Dictionary<string, byte[]>
        {
            [OnlineKeys.Video("liked")] = new VideoCounters { Views = 100, Likes = 90 }.Encode(), [OnlineKeys.Video("ignored")] = new VideoCounters { Views = 100 }.Encode(),
            [OnlineKeys.Video("damaged")] = [1, 2, 3],
        };
        control.Hashes = keys => [.. keys.Select(key => new[] { new HashEntry("p0", counters[(string)key!]) })];
        var board = new FreshBoard(catalog);
        using var refresher = new FreshRefresher(redis, catalog, new CurrentModel(catalog), board, new Random(1), options, new ManualTime(Queries.Now), NullLogger<FreshRefresher>.Instance);

        await refresher.RefreshAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["ignored", "liked"], board.Chances.Videos.Keys.Order());
        Assert.True(board.Chances.Of("liked") > board.Chances.Of("ignored"));
        Assert.Equal((100, 0), (board.Chances.ViewsOf("liked"), board.Chances.ViewsOf("damaged")));

        counters[OnlineKeys.Video("damaged")] = new VideoCounters { Views = 7 }.Encode();
        await refresher.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(7, board.Chances.ViewsOf("damaged"));
    }
}
