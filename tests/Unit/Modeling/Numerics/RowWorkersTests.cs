using Recommender.Modeling.Numerics;

namespace Recommender.Tests.Unit.Modeling.Numerics;

public sealed class RowWorkersTests
{
    [Theory]
    [InlineData(0, 1, 4)]
    [InlineData(1, 64, 4)]
    [InlineData(1000, 7, 1)]
    [InlineData(1000, 7, 4)]
    public void Every_row_is_visited_once(int rows, int chunk, int threads)
    {
        var visits = new int[rows];
        RowWorkers.Run(rows, chunk, threads, () => 0, (_, from, to) =>
        {
            for (var row = from; row < to; row++) Interlocked.Increment(ref visits[row]);
        }, CancellationToken.None);
        Assert.All(visits, n => Assert.Equal(1, n));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_error_comes_out_as_it_was_thrown(int threads) =>
        Assert.Throws<InvalidDataException>(() => RowWorkers.Run(
            100, 1, threads, () => 0, (_, _, _) => throw new InvalidDataException(), CancellationToken.None));

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Cancelling_stops_the_work(int threads)
    {
        using var source = new CancellationTokenSource();
        var done = 0;
        Assert.Throws<OperationCanceledException>(() => RowWorkers.Run(1_000_000, 1, threads, () => 0, (_, _, _) =>
        {
            if (Interlocked.Increment(ref done) == 10) source.Cancel();
        }, source.Token));
        Assert.InRange(done, 10, 1000);
    }

    [Fact]
    public void A_worker_that_has_none_left_steals_until_every_chunk_is_taken_once() => Seeds.ForAll(seed =>
    {
        // One thread plays all workers in random order, and some hardly ever move.
        var random = new Random(seed);
        var (chunks, workers) = (random.Next(0, 60), random.Next(1, 6));
        var hands = new ChunkHands(chunks, workers);
        var taken = new List<int>();
        while (true)
        {
            var worker = random.NextDouble() < 0.9 ? 0 : random.Next(workers);
            if (!hands.TryTake(worker, out var chunk)) break;
            taken.Add(chunk);
        }

        Assert.Equal(Enumerable.Range(0, chunks), taken.Order());
    });

    [Fact]
    public void Workers_begin_with_the_first_chunks()
    {
        var hands = new ChunkHands(7, 3);
        for (var worker = 0; worker < 3; worker++)
        {
            Assert.True(hands.TryTake(worker, out var chunk));
            Assert.Equal(worker, chunk);
        }
    }

    [Fact]
    public void Concurrent_thieves_never_take_a_chunk_twice()
    {
        for (var round = 0; round < 200; round++)
        {
            var hands = new ChunkHands(500, 4);
            var visits = new int[500];
            Parallel.For(0, 4, worker =>
            {
                while (hands.TryTake(worker, out var chunk)) Interlocked.Increment(ref visits[chunk]);
            });
            Assert.All(visits, n => Assert.Equal(1, n));
        }
    }

    [Fact]
    public void A_schedule_has_every_row_once_from_the_longest_on() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var lengths = Enumerable.Range(0, random.Next(0, 3000)).Select(_ => random.Next(4) == 0 ? random.Next(5000) : random.Next(20)).ToArray();
        var schedule = new RowSchedule(lengths.Length, row => lengths[row]);
        var rows = Enumerable.Range(0, schedule.ChunkCount).SelectMany(c => schedule.Chunk(c).ToArray()).ToArray();
        Assert.Equal(Enumerable.Range(0, lengths.Length), rows.Order());
        Assert.Equal(lengths.OrderDescending(), rows.Select(r => lengths[r]));
        Assert.True(schedule.ChunkCount <= 1025);
    });
}
