namespace Recommender.Modeling.Numerics;

/// <summary>
/// A <see cref="RowSystem"/> solved in float64, for the rare row whose equations are not positive definite in float32.
/// A direction without any information left is given no weight, so the result is always finite.
/// </summary>
internal static class WideSolver
{
    public static unsafe void Solve(in RowSystem system, Span<float> destination)
    {
        var k = destination.Length;
        var matrix = new double[k, k];
        var vector = new double[k];
        for (var i = 0; i < k; i++) matrix[i, i] = system.Diagonal[i];
        for (var t = 0; t < system.Count; t++)
        {
            var v = system.Row(t);
            double confidence = system.Confidences[t];
            for (var i = 0; i < k; i++)
            {
                vector[i] += confidence * v[i];
                for (var j = 0; j < k; j++) matrix[i, j] += confidence * v[i] * v[j];
            }
        }

        SolveInPlace(matrix, vector);
        for (var i = 0; i < k; i++) destination[i] = double.IsFinite(vector[i]) ? (float)Math.Clamp(vector[i], -1e30, 1e30) : 0f;
    }

    // L * D * L' without square roots.
    private static void SolveInPlace(double[,] a, double[] b)
    {
        var k = b.Length;
        for (var p = 0; p < k; p++)
        {
            var scale = a[p, p];
            for (var q = 0; q < p; q++) a[p, p] -= a[p, q] * a[p, q] * a[q, q];
            var hasPivot = a[p, p] > scale * 1e-14;
            if (!hasPivot) a[p, p] = 0;
            for (var i = p + 1; i < k; i++)
            {
                for (var q = 0; q < p; q++) a[i, p] -= a[i, q] * a[p, q] * a[q, q];
                a[i, p] = hasPivot ? a[i, p] / a[p, p] : 0;
            }
        }

        for (var i = 0; i < k; i++)
        {
            for (var q = 0; q < i; q++) b[i] -= a[i, q] * b[q];
        }

        for (var i = k - 1; i >= 0; i--)
        {
            b[i] = a[i, i] > 0 ? b[i] / a[i, i] : 0;
            for (var q = i + 1; q < k; q++) b[i] -= a[q, i] * b[q];
        }
    }
}
