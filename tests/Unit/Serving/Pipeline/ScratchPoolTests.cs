using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.ObjectPool;
using Recommender.Serving;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Viewers;
using Recommender.Tests.Unit.Serving.Viewers;

namespace Recommender.Tests.Unit.Serving.Pipeline;

public sealed class ScratchPoolTests
{
    [Fact]
    public void What_was_used_last_comes_first_and_empty()
    {
        var pool = new ScratchPool();
        var (first, second) = (pool.Get(), pool.Get());
        second.Seen.Add("v");
        pool.Return(first);
        pool.Return(second);
        Assert.Same(second, pool.Get());
        Assert.Empty(second.Seen);
        Assert.Same(first, pool.Get());
    }

    [Fact]
    public void What_a_source_may_still_hold_is_not_used_again()
    {
        var pool = new ScratchPool();
        var held = pool.Get();
        held.IsAbandoned = true;
        pool.Return(held);
        Assert.NotSame(held, pool.Get());
    }

    [Fact]
    public void No_more_than_256_are_kept()
    {
        var pool = new ScratchPool();
        var all = Enumerable.Range(0, 300).Select(_ => pool.Get()).ToHashSet();
        foreach (var scratch in all) pool.Return(scratch);
        Assert.Equal(256, Enumerable.Range(0, 300).Count(_ => all.Contains(pool.Get())));
    }

    [Fact]
    public async Task Nobody_holds_memory_while_the_viewer_is_read()
    {
        var reading = new TaskCompletionSource<byte[]?[]>();
        var (redis, _) = FakeRedis.Create((_, _) => reading.Task);
        using var metrics = new ServingMetrics();
        var options = new ServingOptions { ReadTimeout = TimeSpan.FromMinutes(1), HedgeDelay = TimeSpan.FromMinutes(1) };
        var hydrator = new ViewerHydrator(new ViewerReader(redis, options, metrics, TimeProvider.System, NullLogger<ViewerReader>.Instance), TimeProvider.System);
        var pool = new CountingPool();
        var query = Queries.Create(pool: pool);
        var hydrating = hydrator.HydrateAsync(query, TestContext.Current.CancellationToken).AsTask();
        Assert.False(hydrating.IsCompleted);
        Assert.Equal((0, 0), (pool.Taken, pool.Returned));
        reading.SetResult([null, null]);
        await hydrating;
        Assert.Equal((1, 0), (pool.Taken, pool.Returned));
        query.Dispose();
        Assert.Equal((1, 1), (pool.Taken, pool.Returned));
    }

    private sealed class CountingPool : ObjectPool<QueryScratch>
    {
        public int Taken { get; private set; }

        public int Returned { get; private set; }

        public override QueryScratch Get()
        {
            Taken++;
            return new QueryScratch();
        }

        public override void Return(QueryScratch obj) => Returned++;
    }
}
