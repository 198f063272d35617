using System.Diagnostics.Metrics;
using System.Text;
using Recommender.Hosting.Kafka;
using Recommender.Standalone.Embedded;

namespace Recommender.Tests.Unit.Standalone.Embedded;

public sealed class EmbeddedBrokerPacerTests
{
    private const string Topic = "t";
    private const int Third = (int)(EmbeddedBrokerPacer.MaxBytes / 3);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private readonly EmbeddedBrokerPacer _pacer = new(new Dictionary<string, int> { [Topic] = 4 }, TimeProvider.System);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void A_record_waits_while_a_partition_holds_too_many_bytes()
    {
        var key = KeyOf(2);
        Assert.True(Reserve(key, Third).IsCompletedSuccessfully);
        Assert.True(Reserve(key, Third).IsCompletedSuccessfully);
        Assert.True(Reserve(key, Third).IsCompletedSuccessfully);

        Assert.False(Reserve(key, Third).IsCompleted);
    }

    [Fact]
    public void What_is_not_absorbed_and_who_waits_are_told()
    {
        const string Told = "pacer-told";
        var (unabsorbed, waited) = (0L, 0L);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name is "recommender.pacer.unabsorbed" or "recommender.pacer.waited") l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (tags[0].Value is not Told) return;
            if (instrument.Name == "recommender.pacer.waited") waited += value;
            else unabsorbed += value;
        });
        listener.Start();
        var pacer = new EmbeddedBrokerPacer(new Dictionary<string, int> { [Told] = 1 }, TimeProvider.System);
        for (var i = 0; i < 4; i++) _ = pacer.WaitAsync(Told, KeyOf(0), Third, Long, Cancelled).AsTask();
        Assert.Equal((3L * Third, 1), (unabsorbed, waited));
        for (var i = 0; i < 3; i++) pacer.OnDelivered(new RecordPosition(Told, 0, i), Third);
        pacer.OnAbsorbed(Told, 0, 3);
        Assert.Equal(Third, unabsorbed);
    }

    [Fact]
    public void Other_partitions_and_other_topics_do_not_wait()
    {
        for (var i = 0; i < 3; i++)
            _ = Reserve(KeyOf(2), Third);

        Assert.True(Reserve(KeyOf(1), Third).IsCompletedSuccessfully);
        Assert.True(_pacer.WaitAsync("another", KeyOf(2), int.MaxValue, Long, Cancelled).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public void A_record_waits_while_a_partition_holds_too_many_records()
    {
        for (var i = 0; i < EmbeddedBrokerPacer.MaxRecords; i++)
            Assert.True(Reserve(KeyOf(0), 1).IsCompletedSuccessfully);

        Assert.False(Reserve(KeyOf(0), 1).IsCompleted);
    }

    [Fact]
    public async Task Absorbing_lets_the_waiting_go_in_their_order()
    {
        var key = KeyOf(2);
        for (var i = 0; i < 3; i++)
        {
            _ = Reserve(key, Third);
            _pacer.OnDelivered(new RecordPosition(Topic, 2, i), Third);
        }

        var first = Reserve(key, Third);
        var second = Reserve(key, Third);

        _pacer.OnAbsorbed(Topic, 2, 1);

        Assert.True(await first);
        Assert.False(second.IsCompleted);
        _pacer.OnAbsorbed(Topic, 2, 2);
        Assert.True(await second);
    }

    [Fact]
    public async Task What_was_absorbed_before_its_acknowledgement_came_counts_no_more()
    {
        var key = KeyOf(2);
        for (var i = 0; i < 3; i++)
            _ = Reserve(key, Third);

        var waiting = Reserve(key, Third);
        _pacer.OnAbsorbed(Topic, 2, 1);
        Assert.False(waiting.IsCompleted);

        _pacer.OnDelivered(new RecordPosition(Topic, 2, 0), Third);

        Assert.True(await waiting);
    }

    [Fact]
    public async Task A_record_that_failed_gives_its_room_back()
    {
        var key = KeyOf(2);
        for (var i = 0; i < 3; i++)
            _ = Reserve(key, Third);

        var waiting = Reserve(key, Third);
        _pacer.OnFailed(Topic, key, Third);

        Assert.True(await waiting);
    }

    [Fact]
    public async Task A_wait_ends_without_room_after_its_timeout_and_leaves_nothing_reserved()
    {
        var key = KeyOf(2);
        for (var i = 0; i < 3; i++)
            _ = Reserve(key, Third);

        Assert.False(await _pacer.WaitAsync(Topic, key, Third, TimeSpan.FromMilliseconds(10), Cancelled));

        _pacer.OnFailed(Topic, key, Third);
        Assert.True(Reserve(key, Third).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_wait_that_is_cancelled_does_not_hold_up_those_behind_it()
    {
        var key = KeyOf(2);
        for (var i = 0; i < 3; i++)
            _ = Reserve(key, Third - 10);

        using var cancel = new CancellationTokenSource();
        var large = _pacer.WaitAsync(Topic, key, Third, Long, cancel.Token).AsTask();
        var small = Reserve(key, 5);
        Assert.False(small.IsCompleted);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        Assert.True(await small);
    }

    [Fact]
    public void A_single_record_larger_than_the_bound_may_go_alone()
    {
        Assert.True(Reserve(KeyOf(2), (int)EmbeddedBrokerPacer.MaxBytes + 1).IsCompletedSuccessfully);
        Assert.False(Reserve(KeyOf(2), 1).IsCompleted);
    }

    [Fact]
    public async Task Records_take_effect_when_those_of_this_process_before_them_are_settled()
    {
        var key = KeyOf(2);
        Assert.True(Settled(7).IsCompleted); // somebody else's: nothing of ours is on its way
        for (var i = 0; i < 3; i++)
            _ = Reserve(key, 10);

        var first = Settled(1);
        var second = Settled(2);
        Assert.False(first.IsCompleted);
        _pacer.OnDelivered(new RecordPosition(Topic, 2, 0), 10);
        await first;
        Assert.True(Settled(1).IsCompleted);
        Assert.False(second.IsCompleted);
        _pacer.OnFailed(Topic, key, 10);
        Assert.False(second.IsCompleted);
        _pacer.OnFailed(Topic, key, 10);
        await second; // nothing more is on its way, so what is there is somebody else's
    }

    private Task Settled(long next) => _pacer.WhenSettledAsync(Topic, 2, next, Cancelled).AsTask();

    private Task<bool> Reserve(byte[] key, int bytes) => _pacer.WaitAsync(Topic, key, bytes, Long, Cancelled).AsTask();

    private static byte[] KeyOf(int partition) =>
        Enumerable.Range(0, 1000).Select(i => Encoding.UTF8.GetBytes($"user-{i}")).First(k => Murmur2.PartitionOf(k, 4) == partition);
}
