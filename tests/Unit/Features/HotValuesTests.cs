using Recommender.Features.Online;
using Recommender.Hosting.Online;

namespace Recommender.Tests.Unit.Features;

public sealed class HotValuesTests
{
    private static readonly int s_entry = 120 + new VideoCounters().MemoryBytes;

    [Fact]
    public void A_value_is_taken_once_and_is_there_again_after_it_was_put_back()
    {
        var hot = new HotValues<VideoCounters>(10 * s_entry);
        var state = new VideoCounters { Version = 3 };
        hot.Put("v", state);
        Assert.True(hot.TryTake("v", out var taken));
        Assert.Same(state, taken);
        Assert.False(hot.TryTake("v", out _));
        hot.Put("v", state);
        Assert.True(hot.TryTake("v", out _));
    }

    [Fact]
    public void There_are_never_more_than_the_memory_is_for_and_those_used_lately_stay()
    {
        var hot = new HotValues<VideoCounters>(20 * s_entry);
        for (var i = 0; i < 1000; i++)
        {
            hot.Put($"v{i}", new VideoCounters());
            if (hot.TryTake("v0", out var favourite)) hot.Put("v0", favourite!);
            Assert.InRange(hot.Count, 1, 20);
        }
        Assert.True(hot.TryTake("v0", out _));
        Assert.True(hot.TryTake("v999", out _));
        Assert.False(hot.TryTake("v1", out _));
    }

    [Fact]
    public void Without_memory_nothing_is_kept()
    {
        var hot = new HotValues<VideoCounters>(0);
        hot.Put("v", new VideoCounters());
        Assert.Equal(0, hot.Count);
        hot = new HotValues<VideoCounters>(10 * s_entry);
        hot.Put("v", new VideoCounters());
        hot.Clear();
        Assert.False(hot.TryTake("v", out _));
    }

    [Fact]
    public void What_is_to_be_written_stays_whatever_else_comes_until_it_is_written()
    {
        var hot = new HotValues<VideoCounters>(10 * s_entry);
        var state = new VideoCounters();
        hot.PutChanged("v", state);
        for (var i = 0; i < 100; i++) hot.Put($"v{i}", new VideoCounters());
        Assert.InRange(hot.Count, 1, 10);
        Assert.True(hot.TryTake("v", out var taken));
        Assert.Same(state, taken);
        hot.Put("v", state); // a batch that changed nothing of it
        Assert.Equal([KeyValuePair.Create("v", state)], hot.Changed);
        hot.PutChanged("v", state);
        Assert.Equal((1, s_entry), (hot.ChangedCount, hot.ChangedBytes));
        hot.Written();
        Assert.Equal((0, 0L), (hot.ChangedCount, hot.ChangedBytes));
        Assert.True(hot.TryTake("v", out taken));
        Assert.Same(state, taken);
        Assert.False(hot.TryTake("v", out _));
    }
}
