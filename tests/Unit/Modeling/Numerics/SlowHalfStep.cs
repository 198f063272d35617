using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Trainers;

namespace Recommender.Tests.Unit.Modeling.Numerics;

/// <summary>The half-step of implicit ALS as its papers write it, dense and in double precision.</summary>
internal static class SlowHalfStep
{
    public static (double[,] Matrix, double[] Vector) Equations(FactorMatrix others, int[] columns, float[] values, FoldInSettings settings, float share)
    {
        var k = others.Factors;
        var (matrix, vector) = (new double[k, k], new double[k]);
        void Add(int other, double weight)
        {
            for (var i = 0; i < k; i++)
            {
                for (var j = 0; j < k; j++) matrix[i, j] += weight * others.Row(other)[i] * others.Row(other)[j];
            }
        }

        for (var other = 0; other < others.RowCount; other++) Add(other, settings.UnobservedWeight * share);
        for (var t = 0; t < columns.Length; t++)
        {
            var confidence = settings.Alpha * (settings.Confidence == ConfidenceScale.Log ? Math.Log(1.0 + values[t]) : values[t]);
            Add(columns[t], confidence);
            for (var i = 0; i < k; i++) vector[i] += confidence * others.Row(columns[t])[i];
        }

        var frequency = columns.Length + (settings.UnobservedWeight * share * others.RowCount);
        for (var i = 0; i < k; i++) matrix[i, i] += settings.Regularization * Math.Pow(frequency, settings.RegularizationExponent);
        return (matrix, vector);
    }

    public static double[] Solve(FactorMatrix others, int[] columns, float[] values, FoldInSettings settings, float share)
    {
        var (matrix, vector) = Equations(others, columns, values, settings, share);
        return Solve(matrix, vector);
    }

    /// <summary>Gauss and Jordan's elimination, with pivots; both arguments are overwritten.</summary>
    public static double[] Solve(double[,] matrix, double[] vector)
    {
        var k = vector.Length;
        for (var p = 0; p < k; p++)
        {
            var pivot = Enumerable.Range(p, k - p).MaxBy(r => Math.Abs(matrix[r, p]));
            for (var j = 0; j < k; j++) (matrix[p, j], matrix[pivot, j]) = (matrix[pivot, j], matrix[p, j]);
            (vector[p], vector[pivot]) = (vector[pivot], vector[p]);
            for (var r = 0; r < k; r++)
            {
                if (r == p) continue;
                var factor = matrix[r, p] / matrix[p, p];
                for (var j = p; j < k; j++) matrix[r, j] -= factor * matrix[p, j];
                vector[r] -= factor * vector[p];
            }
        }

        return [.. vector.Select((b, i) => b / matrix[i, i])];
    }
}
