using Recommender.Modeling.Sparse;

namespace Recommender.Tests.Unit.Modeling.Trainers;

/// <summary>Dense float64 matrices, plainly.</summary>
internal static class SlowMatrix
{
    public static double[,] Dense(InteractionMatrix matrix)
    {
        var dense = new double[matrix.RowCount, matrix.ColumnCount];
        for (var row = 0; row < matrix.RowCount; row++)
        {
            for (var i = 0; i < matrix.RowLength(row); i++) dense[row, matrix.RowColumns(row)[i]] = matrix.RowValues(row)[i];
        }

        return dense;
    }

    public static double[,] Multiply(double[,] a, double[,] b)
    {
        var product = new double[a.GetLength(0), b.GetLength(1)];
        for (var i = 0; i < a.GetLength(0); i++)
        {
            for (var j = 0; j < b.GetLength(1); j++)
            {
                for (var k = 0; k < a.GetLength(1); k++) product[i, j] += a[i, k] * b[k, j];
            }
        }

        return product;
    }

    public static double[,] Transpose(double[,] a)
    {
        var result = new double[a.GetLength(1), a.GetLength(0)];
        for (var i = 0; i < a.GetLength(0); i++)
        {
            for (var j = 0; j < a.GetLength(1); j++) result[j, i] = a[i, j];
        }

        return result;
    }

    /// <summary>Gauss-Jordan elimination with the largest pivot.</summary>
    public static double[,] Inverse(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        var (a, inverse) = ((double[,])matrix.Clone(), new double[n, n]);
        for (var i = 0; i < n; i++) inverse[i, i] = 1;
        for (var c = 0; c < n; c++)
        {
            var best = Enumerable.Range(c, n - c).MaxBy(r => Math.Abs(a[r, c]));
            for (var j = 0; j < n; j++)
            {
                (a[c, j], a[best, j]) = (a[best, j], a[c, j]);
                (inverse[c, j], inverse[best, j]) = (inverse[best, j], inverse[c, j]);
            }

            var pivot = a[c, c];
            for (var j = 0; j < n; j++) (a[c, j], inverse[c, j]) = (a[c, j] / pivot, inverse[c, j] / pivot);
            for (var r = 0; r < n; r++)
            {
                var factor = r == c ? 0 : a[r, c];
                for (var j = 0; factor != 0 && j < n; j++) (a[r, j], inverse[r, j]) = (a[r, j] - (factor * a[c, j]), inverse[r, j] - (factor * inverse[c, j]));
            }
        }

        return inverse;
    }
}
