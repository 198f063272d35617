using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Features.Consuming;
using Recommender.Features.Online;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Tests.Unit.Features;

public sealed class PartitionAbsorberTests
{
    private readonly FakeRedis _redis = new();
    private readonly FakeLog _log = new();

    public PartitionAbsorberTests()
    {
        FakeLog.PutCatalog(_redis, "v1", "v2");
        _log.Append("a", EventType.View, "ann", "v1", 10, watchedMs: 500);
        _log.Append("b", EventType.Like, "ann", "v1", 20);
        _log.Append("b", EventType.Like, "ann", "v1", 20); // the client's retry
        _log.Append("c", EventType.View, "bob", "v2", 30, watchedMs: 2000);
        _log.Append("d", EventType.NotInterested, "bob", "v1", 40);
        _log.Append("e", EventType.Share, "ann", "v2", 50);
        _log.Append("f", EventType.View, "ann", "v2", 60);
        _log.Append("g", EventType.Unlike, "ann", "v1", 70);
        _log.Append("h", EventType.View, "ann", "unknown", 80, watchedMs: 2000);
    }

    private static int Largest(int n) => n - 1;

    private static int First(int n) => 0;

    private void AssertAbsorbedOnce()
    {
        var ann = FakeLog.Viewer(_redis, "ann");
        Assert.Equal((3, 1, 1, 1), (ann.Views, ann.Likes, ann.Unlikes, ann.Shares));
        Assert.Equal(["unknown", "v1", "v2", "v2"], ann.Recent.Select(r => r.VideoId));
        Assert.True(ann.HasSeen("v1"));
        var bob = FakeLog.Viewer(_redis, "bob");
        Assert.Equal(1, bob.Views);
        Assert.True(bob.IsHidden("v1"));
        var v1 = FakeLog.Video(_redis, "v1");
        Assert.Equal((1, 1, 1, 0, 1), (v1.Views, v1.Likes, v1.Unlikes, v1.Shares, v1.NotInterested));
        Assert.Equal(0.5, v1.AverageWatchRatio);
        var v2 = FakeLog.Video(_redis, "v2");
        Assert.Equal((2, 1, 1), (v2.Views, v2.Shares, v2.WatchRatioCount));
        Assert.Equal(2, v2.AverageWatchRatio);
        for (var i = 0; i < OnlineKeys.Windows.Count; i++)
        {
            var key = OnlineKeys.Trending(OnlineKeys.Windows[i].Name, FakeLog.Partition);
            Assert.Equal(v1.Trending[i].Log2, _redis.Scores[(key, "v1")]);
            Assert.Equal(v2.Trending[i].Log2, _redis.Scores[(key, "v2")]);
        }
        var marks = LogWatermarks.Decode(_redis.Values[OnlineKeys.Partition(FakeLog.Partition)]);
        Assert.Equal([4, 2, 1, 2], _log.Topics.Select((_, t) => marks.Next(FakeLog.Log, (byte)t, FakeLog.Partition)));
    }

    [Fact]
    public async Task Events_are_absorbed_into_viewers_videos_trending_and_watermarks()
    {
        await _log.ConsumeAsync(_redis.Connect(), Largest);
        AssertAbsorbedOnce();
    }

    [Fact]
    public async Task The_batches_make_no_difference()
    {
        await _log.ConsumeAsync(_redis.Connect(), First);
        AssertAbsorbedOnce();
    }

    [Fact]
    public async Task A_process_may_die_before_any_of_its_writes()
    {
        for (var death = 0; ; death++)
        {
            _redis.StepBack(int.MaxValue);
            FakeLog.PutCatalog(_redis, "v1", "v2");
            var store = _redis.Connect();
            store.WritesUntilDeath = death;
            try
            {
                await _log.ConsumeAsync(store, Largest);
                Assert.InRange(death, 15, 200); // it lived to the end
                return;
            }
            catch (ProcessDiedException)
            {
                // The next one takes other batches.
                await _log.ConsumeAsync(_redis.Connect(), First);
            }
            AssertAbsorbedOnce();
        }
    }

    [Fact]
    public async Task Replaying_everything_from_the_beginning_changes_nothing()
    {
        await _log.ConsumeAsync(_redis.Connect(), Largest);
        var before = _redis.Writes;
        var values = _redis.Values.ToDictionary(v => v.Key, v => v.Value);
        await _log.ConsumeAsync(_redis.Connect(), First, fromTheBeginning: true);
        Assert.Equal(before, _redis.Writes);
        Assert.Equal(values, _redis.Values);
    }

    [Fact]
    public async Task Redis_may_step_back_by_any_number_of_writes()
    {
        await _log.ConsumeAsync(_redis.Connect(), Largest);
        var all = _redis.Writes;
        for (var lost = 1; lost <= all - 2; lost++)
        {
            _redis.StepBack(lost);
            await _log.ConsumeAsync(_redis.Connect(), First);
            AssertAbsorbedOnce();
        }
    }

    [Fact]
    public async Task A_write_that_comes_after_Redis_stepped_back_is_refused_and_all_is_absorbed_again()
    {
        var all = await CountTurnsAsync();
        for (var moment = 0; moment < all; moment++)
        {
            _redis.StepBack(int.MaxValue);
            FakeLog.PutCatalog(_redis, "v1", "v2");
            var store = _redis.Connect();
            var turns = 0;
            store.Turn = () =>
            {
                if (turns++ == moment) _redis.StepBack(Math.Min(_redis.Writes - 2, 5));
                return Task.CompletedTask;
            };
            await _log.ConsumeAsync(store, First);
            AssertAbsorbedOnce();
        }
    }

    [Fact]
    public async Task A_damaged_state_is_built_anew_and_videos_count_nothing_twice_wherever_the_process_dies()
    {
        for (var death = 0; ; death++)
        {
            _redis.StepBack(int.MaxValue);
            FakeLog.PutCatalog(_redis, "v1", "v2");
            await _log.ConsumeAsync(_redis.Connect(), Largest);
            _redis.Set(OnlineKeys.Viewer("ann"), "set by hand"u8.ToArray());
            var store = _redis.Connect();
            store.WritesUntilDeath = death;
            try
            {
                await _log.ConsumeAsync(store, First, fromTheBeginning: true);
                Assert.InRange(death, 2, 200); // it lived to the end
                AssertAbsorbedOnce();
                return;
            }
            catch (ProcessDiedException)
            {
                await _log.ConsumeAsync(_redis.Connect(), First, fromTheBeginning: true);
            }
            AssertAbsorbedOnce();
        }
    }

    private async Task<int> CountTurnsAsync()
    {
        var turns = 0; // of the smaller batches: more than any other way takes
        var store = _redis.Connect();
        store.Turn = () =>
        {
            turns++;
            return Task.CompletedTask;
        };
        await _log.ConsumeAsync(store, First);
        return turns;
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(12)]
    public async Task A_consumer_that_was_thought_dead_does_no_harm_whenever_it_wakes_up(int heirsWrites)
    {
        var all = await CountTurnsAsync();
        for (var moment = 1; moment < all; moment++)
        {
            _redis.StepBack(int.MaxValue);
            FakeLog.PutCatalog(_redis, "v1", "v2");
            var zombie = _redis.Connect();
            var turns = 0;
            // In the middle of the zombie's work the new owner absorbs everything, or as much as it can before it dies itself.
            zombie.Turn = () => turns++ == moment ? TakeOverAsync(heirsWrites) : Task.CompletedTask;
            await _log.ConsumeAsync(zombie, Largest);
            AssertAbsorbedOnce();
        }
    }

    [Fact]
    public async Task What_several_batches_change_is_written_once()
    {
        // Batches of one event each; nothing is written before the end.
        await _log.ConsumeAsync(_redis.Connect(), n => n == 3 ? 2 : 0);
        AssertAbsorbedOnce();
        // Two viewers, three videos, a score of each in each window, the watermark; the two catalog entries were there before.
        Assert.Equal(2 + 2 + 3 + (3 * OnlineKeys.Windows.Count) + 1, _redis.Writes);
    }

    [Fact]
    public async Task Who_loses_a_write_forgets_what_is_in_memory_and_covers_nothing_by_a_watermark()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var store = _redis.Connect();
        var absorber = new PartitionAbsorber(
            store, new DurationCache(store, new Recommender.Features.FeaturesOptions(), TimeProvider.System), _log.Limits, new Recommender.Features.FeatureMetrics(),
            NullLogger<PartitionAbsorber>.Instance);
        var marks = new StoredMarks(OnlineKeys.Partition(FakeLog.Partition), FakeLog.Partition, 1_000_000);
        await store.BeginAsync(cancellation);
        await marks.ReadAsync(store, cancellation);
        var batch = new BatchEvents();
        batch.Add(_log.Topics[0][0]);
        await absorber.AbsorbAsync(marks, batch, [_log.Topics[0][0].After], cancellation);
        Assert.Equal((1, 1, 1), (marks.Viewers.ChangedCount, marks.Videos.ChangedCount, marks.Waiting.Count));
        Assert.Equal(2, _redis.Writes);

        await _log.ConsumeAsync(_redis.Connect(), Largest); // the heir
        await Assert.ThrowsAsync<LostWriteException>(() => absorber.SettleAsync(marks, cancellation));
        Assert.True(marks is { IsDropped: true, IsUnsettled: false });
        Assert.Equal((0, 0, 0), (marks.Viewers.Count, marks.Videos.Count, marks.Waiting.Count));
        AssertAbsorbedOnce();
        await marks.ReadAsync(store, cancellation);
        Assert.False(marks.IsDropped);
    }

    private async Task TakeOverAsync(int writes)
    {
        var heir = _redis.Connect();
        heir.WritesUntilDeath = writes;
        try
        {
            await _log.ConsumeAsync(heir, First);
        }
        catch (ProcessDiedException)
        {
            // The zombie is alone again.
        }
    }
}
