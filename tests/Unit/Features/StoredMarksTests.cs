using Recommender.Features.Online;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Tests.Unit.Features;

public sealed class StoredMarksTests
{
    private readonly FakeRedis _redis = new();

    [Fact]
    public async Task A_database_that_somebody_emptied_is_filled_again()
    {
        var log = new FakeLog();
        log.Append("a", EventType.View, "ann", "v1");
        await log.ConsumeAsync(_redis.Connect(), _ => 0);
        var marks = new StoredMarks(OnlineKeys.Partition(FakeLog.Partition), FakeLog.Partition, 0);
        var store = _redis.Connect();
        await store.BeginAsync(TestContext.Current.CancellationToken);
        await marks.ReadAsync(store, TestContext.Current.CancellationToken);
        _redis.Values.Clear();
        marks.Reached([new LogPosition(FakeLog.Log, 0, FakeLog.Partition, 99)]);
        await Assert.ThrowsAsync<StateLostException>(() => marks.AdvanceAsync(store, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Two_owners_of_different_topics_keep_one_anothers_watermarks()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var store = _redis.Connect();
        await store.BeginAsync(cancellation);
        StoredMarks one = new(OnlineKeys.Partition(0), 0, 0), other = new(OnlineKeys.Partition(0), 0, 0);
        Assert.Equal(0, await AdvanceAsync(one, new LogPosition(1, 0, 0, 5)));
        Assert.Equal(1, await AdvanceAsync(other, new LogPosition(1, 1, 0, 7)));
        Assert.Equal(1, await AdvanceAsync(one, new LogPosition(1, 0, 0, 6)));
        var marks = LogWatermarks.Decode(_redis.Values[OnlineKeys.Partition(0)]);
        Assert.Equal((6, 7), (marks.Next(1, 0, 0), marks.Next(1, 1, 0)));

        Task<int> AdvanceAsync(StoredMarks owner, LogPosition reached)
        {
            owner.Reached([reached]);
            return owner.AdvanceAsync(store, cancellation);
        }
    }
}
