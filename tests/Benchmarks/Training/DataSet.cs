using Recommender.Modeling.Sparse;

namespace Recommender.Tests.Benchmarks.Training;

/// <summary>Interactions to learn from, and others of the same viewers to judge by.</summary>
/// <param name="Name">Short name.</param>
/// <param name="Train">Viewers x videos.</param>
/// <param name="Test">Viewers x videos, disjoint from <paramref name="Train"/>.</param>
internal sealed record DataSet(string Name, InteractionMatrix Train, InteractionMatrix Test)
{
    private const int JudgedViewers = 5000;

    /// <summary>The test of some five thousand viewers, spread evenly.</summary>
    public InteractionMatrix Sample()
    {
        var step = Math.Max(1, Test.RowCount / JudgedViewers);
        var builder = new InteractionMatrixBuilder();
        for (var viewer = 0; viewer < Test.RowCount; viewer += step)
            foreach (var video in Test.RowColumns(viewer)) builder.Add(viewer, video);
        return builder.Build(Test.RowCount, Test.ColumnCount);
    }
}
