using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Sparse;

namespace Recommender.Tests.Unit.Modeling.Sparse;

/// <summary>What is measured here must not run beside other tests.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryTestsAlone;

/// <summary>A hundred million interactions must fit in about twelve bytes each, both orientations together.</summary>
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    private const int Rows = 20_000;
    private const int Columns = 5_000;
    private const int PerRow = 200;

    [Theory]
    [InlineData(true, 12)]
    [InlineData(false, 8)]
    public void Both_orientations_take_twelve_bytes_per_interaction_and_eight_when_all_weigh_the_same(bool hasWeights, int perCell)
    {
        const long Count = (long)Rows * PerRow;
        var taken = HeapTaken.By(() =>
        {
            var matrix = Build(hasWeights);
            return (matrix, new TransposedRows(matrix, new FoldInSettings()));
        });
        var offsets = 8 * (Rows + 1 + Columns + 1);
        var rest = hasWeights ? 4 * 65_536 : 4 * PerRow;
        Assert.InRange(taken, perCell * Count, (perCell * Count) + offsets + rest + 1_000_000);
    }

    [Fact]
    public void Cells_that_come_row_by_row_never_exist_twice_on_the_managed_heap()
    {
        const long Count = (long)Rows * PerRow;
        var builder = new Queue<InteractionMatrixBuilder>(Enumerable.Range(0, 5).Select(_ => Fill(hasWeights: true)));
        var allocated = Allocated.By(() => builder.Dequeue().Build(Rows, Columns));
        Assert.InRange(allocated, 8 * Count, (8 * Count) + (8 * (Rows + 1)) + 50_000);
    }

    private static InteractionMatrix Build(bool hasWeights) => Fill(hasWeights).Build(Rows, Columns);

    private static InteractionMatrixBuilder Fill(bool hasWeights)
    {
        var random = new Random(1);
        var builder = new InteractionMatrixBuilder();
        for (var row = 0; row < Rows; row++)
        {
            for (var i = 0; i < PerRow; i++) builder.Add(row, (i * 25) + random.Next(25), hasWeights ? 0.1f + random.NextSingle() : 1f);
        }

        return builder;
    }
}
