using Recommender.Hosting.Kafka;

namespace Recommender.Tests.Unit.Hosting.Kafka;

public sealed class PlacesTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_comes_when_none_is_free_waits_for_the_next()
    {
        var places = new Places(2);
        Assert.True(await places.TakeAsync(TimeSpan.Zero, Cancelled));
        Assert.True(await places.TakeAsync(TimeSpan.Zero, Cancelled));
        Assert.Equal(0, places.Free);
        Assert.False(await places.TakeAsync(TimeSpan.Zero, Cancelled));

        var waiting = places.TakeAsync(TimeSpan.FromMinutes(1), Cancelled).AsTask();
        Assert.False(waiting.IsCompleted);
        places.Leave();

        Assert.True(await waiting);
        Assert.Equal(0, places.Free);
        places.Leave();
        places.Leave();
        Assert.Equal(2, places.Free);
    }

    [Fact]
    public async Task Who_gives_up_takes_no_place()
    {
        var places = new Places(1);
        Assert.True(await places.TakeAsync(TimeSpan.Zero, Cancelled));
        using var stop = new CancellationTokenSource();
        var waiting = places.TakeAsync(TimeSpan.FromMinutes(1), stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        places.Leave();
        Assert.Equal(1, places.Free);
    }

    [Fact]
    public async Task However_many_come_wait_and_give_up_no_place_is_lost_and_none_is_there_twice()
    {
        const int Count = 3;
        var places = new Places(Count);
        var (inside, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(
            async () =>
            {
                var random = new Random(seed);
                for (var i = 0; i < 3000; i++)
                {
                    using var stop = new CancellationTokenSource();
                    if (random.Next(4) == 0) stop.CancelAfter(TimeSpan.FromMilliseconds(random.NextDouble()));
                    try
                    {
                        if (!await places.TakeAsync(TimeSpan.FromMilliseconds(random.Next(3)), stop.Token)) continue;
                    }
                    catch (OperationCanceledException)
                    {
                        continue;
                    }
                    var now = Interlocked.Increment(ref inside);
                    for (var seen = most; now > seen; seen = most) Interlocked.CompareExchange(ref most, now, seen);
                    if (random.Next(3) == 0) await Task.Yield();
                    Interlocked.Decrement(ref inside);
                    places.Leave();
                }
            },
            Cancelled)));

        Assert.InRange(most, 1, Count);
        Assert.Equal(Count, places.Free);
        for (var i = 0; i < Count; i++) Assert.True(await places.TakeAsync(TimeSpan.Zero, Cancelled));
        Assert.False(await places.TakeAsync(TimeSpan.Zero, Cancelled));
    }
}
