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
}
