using Recommender.Training.Dataset;

namespace Recommender.Tests.Unit.Training.Dataset;

public sealed class InTurnTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    public void Pieces_are_taken_in_their_order(int count)
    {
        var taken = new List<int>();
        InTurn.Run(
            count, () => new int[1], (piece, number) =>
            {
                // The earlier of two neighbours takes longer.
                Thread.SpinWait(number % 2 == 0 ? 2000 : 1);
                piece[0] = number;
            }, piece => taken.Add(piece[0]), CancellationToken.None);
        Assert.Equal(Enumerable.Range(0, count), taken);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_piece_that_fails_ends_it(bool whileTaken)
    {
        void Fail(int number, bool taken)
        {
            if (number == 7 && taken == whileTaken) throw new InvalidOperationException("the seventh");
        }

        var error = Assert.ThrowsAny<Exception>(() => InTurn.Run(
            1000, () => new int[1], (piece, number) => Fail(piece[0] = number, taken: false), piece => Fail(piece[0], taken: true), CancellationToken.None));
        Assert.Contains("the seventh", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_can_be_stopped()
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => InTurn.Run(1000, () => 0, (_, number) =>
        {
            if (number == 5) source.Cancel();
        }, _ => { }, source.Token));
    }
}
