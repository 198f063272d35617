using Recommender.Modeling.Sparse;

namespace Recommender.Tests.Unit.Modeling;

/// <summary>Random histories with an order or times.</summary>
internal static class RandomOrder
{
    /// <summary>Rows of random length with distinct columns, their times being places in the row.</summary>
    public static InteractionMatrix Histories(int rows, int columns, int most, int seed)
    {
        var random = new Random(seed);
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Last, TimeKind.Order);
        for (var row = 0; row < rows; row++)
        {
            var items = Enumerable.Range(0, columns).OrderBy(_ => random.Next()).Take(random.Next(most + 1)).ToArray();
            for (var i = 0; i < items.Length; i++) builder.Add(row, items[i], time: (uint)i);
        }

        return builder.Build(rows, columns);
    }

    /// <summary>Every viewer walks along a circle of items from a random start: what comes next is the next item.</summary>
    public static InteractionMatrix Walks(int rows, int columns, int length, int seed)
    {
        var random = new Random(seed);
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Last, TimeKind.Order);
        for (var row = 0; row < rows; row++)
        {
            var start = random.Next(columns);
            for (var i = 0; i < length; i++) builder.Add(row, (start + i) % columns, time: (uint)i);
        }

        return builder.Build(rows, columns);
    }
}
