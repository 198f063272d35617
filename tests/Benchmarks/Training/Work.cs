using Recommender.Modeling.Sparse;

namespace Recommender.Tests.Benchmarks.Training;

/// <summary>What a pass has to do at least, whoever does it: the operations of the equations' textbook form, and the vectors it must read.</summary>
/// <param name="Gflop">10^9 float32 operations, an addition and a multiplication counted as two.</param>
/// <param name="Gigabytes">10^9 bytes of the other side's vectors, once per interaction and side.</param>
internal readonly record struct Work(double Gflop, double Gigabytes)
{
    /// <summary>Both half-steps of a pass.</summary>
    public static Work OfPass(InteractionMatrix interactions, int factors, string solver)
    {
        double k = factors;
        double rows = interactions.RowCount + interactions.ColumnCount;
        var pairs = 2.0 * interactions.Count;
        var gram = rows * k * k;
        var operations = solver switch
        {
            "exact" => gram + (pairs * k * k) + (rows * k * k * k / 3) + (rows * 2 * k * k),
            "auto" or "cg" => gram + (pairs * 2 * 2 * k * 4) + (rows * 8 * k * k),
            _ => throw new ArgumentOutOfRangeException(nameof(solver), solver, "unknown"),
        };
        return new Work(operations * 1e-9, pairs * k * 4e-9);
    }
}
