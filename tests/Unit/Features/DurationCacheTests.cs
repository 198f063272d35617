using Recommender.Features;
using Recommender.Features.Online;
using Recommender.Hosting.Online;

namespace Recommender.Tests.Unit.Features;

public sealed class DurationCacheTests
{
    private readonly FakeRedis _redis = new();
    private readonly FakeStore _store;
    private readonly ManualClock _clock = new();
    private int _asked;

    public DurationCacheTests()
    {
        _store = _redis.Connect();
        _store.Turn = () =>
        {
            _asked++;
            return Task.CompletedTask;
        };
    }

    private DurationCache NewCache(int size = 1000) => new(_store, new FeaturesOptions { CachedDurations = size }, _clock);

    private static async Task<long> AskAsync(DurationCache cache, string videoId) => (await cache.GetAsync([videoId], Cancelled))[0];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_duration_is_asked_for_once_until_it_may_have_changed()
    {
        FakeLog.PutCatalog(_redis, "v");
        var cache = NewCache();
        Assert.Equal(FakeLog.DurationMs, await AskAsync(cache, "v"));
        Assert.Equal(FakeLog.DurationMs, await AskAsync(cache, "v"));
        Assert.Equal(1, _asked);
        _clock.Advance(TimeSpan.FromMinutes(11));
        await AskAsync(cache, "v");
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task A_video_that_is_unknown_is_asked_for_again_soon()
    {
        var cache = NewCache();
        Assert.Equal(0, await AskAsync(cache, "v"));
        FakeLog.PutCatalog(_redis, "v");
        Assert.Equal(0, await AskAsync(cache, "v"));
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(FakeLog.DurationMs, await AskAsync(cache, "v"));
    }

    [Fact]
    public async Task What_was_just_absorbed_is_known()
    {
        var cache = NewCache();
        cache.Put("v", 77);
        Assert.Equal(77, await AskAsync(cache, "v"));
        Assert.Equal(0, _asked);
    }

    [Fact]
    public async Task Memory_is_bounded_and_what_is_used_stays()
    {
        var cache = NewCache(size: 10);
        cache.Put("kept", 1);
        for (var i = 0; i < 1000; i++)
        {
            cache.Put($"v{i}", 2);
            await AskAsync(cache, "kept");
        }
        Assert.Equal(0, _asked);
        await AskAsync(cache, "v0");
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task An_entry_that_is_damaged_is_a_duration_that_is_unknown()
    {
        _redis.Set(OnlineKeys.Catalog("v"), new CatalogEntry(1, 1, "no json"u8.ToArray()).Encode());
        Assert.Equal(0, await AskAsync(NewCache(), "v"));
    }
}
