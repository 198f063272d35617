using Recommender.Serving.Pipeline;

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
}
