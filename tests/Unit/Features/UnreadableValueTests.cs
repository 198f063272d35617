using Recommender.Features.Online;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Tests.Unit.Features;

/// <summary>What stops a partition: values that must not be begun anew.</summary>
public sealed class UnreadableValueTests
{
    private readonly FakeRedis _redis = new();
    private readonly FakeLog _log = new();

    public UnreadableValueTests()
    {
        _log.Append("a", EventType.View, "ann", "v1");
        _log.Append("b", EventType.Like, "ann", "v2");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(15)]
    public async Task A_state_of_a_later_version_stops_its_partition_and_stays(byte layout)
    {
        byte[] value = [1, 0, 0, 0, 0, 0, 0, 0, layout, 7];
        _redis.Set(OnlineKeys.Viewer("ann"), value);
        var error = await Assert.ThrowsAsync<UnreadableValueException>(() => _log.ConsumeAsync(_redis.Connect(), n => n - 1));
        Assert.Equal($"a stored value can't be read, the state of the viewer with hash {StableHash.Of("ann"):x16}: a viewer's state has layout {layout}; this version reads 1 to 4", error.Message);
        Assert.Equal(OnlineKeys.Viewer("ann"), error.Key);
        Assert.Equal(value, _redis.Values[OnlineKeys.Viewer("ann")]);
    }

    [Fact]
    public async Task Damaged_counters_and_watermarks_stop_their_partition_and_are_named()
    {
        _redis.Set(FakeStore.VideoField("v2", FakeLog.Partition), "set by hand"u8.ToArray());
        Assert.Contains("the counters {v:v2}:c: ", (await Assert.ThrowsAsync<UnreadableValueException>(() => _log.ConsumeAsync(_redis.Connect(), n => n - 1))).Message, StringComparison.Ordinal);
        _redis.Set(OnlineKeys.Partition(FakeLog.Partition), "set by hand"u8.ToArray());
        Assert.Contains("the watermarks {w:3}: ", (await Assert.ThrowsAsync<UnreadableValueException>(() => _log.ConsumeAsync(_redis.Connect(), n => n - 1))).Message, StringComparison.Ordinal);
    }
}
