using Recommender.Modeling.Numerics;
using Recommender.Modeling.Retrieval;

namespace Recommender.Modeling.Trainers.GraphFilter;

/// <summary>
/// The leading right singular vectors of the smoothing graph by randomised subspace iteration with a Rayleigh-Ritz step
/// (Halko, Martinsson, Tropp, "Finding Structure with Randomness", 2011).
/// </summary>
internal static class Subspace
{
    private const int RowsAtOnce = 64;

    /// <summary>Finds them.</summary>
    /// <param name="graph">viewers x items.</param>
    /// <param name="rank">Vectors wanted, at most the number of items.</param>
    /// <param name="iterations">Passes over the graph and back.</param>
    /// <param name="seed">Of the random start.</param>
    /// <param name="threads">Threads at most; 0: one per processor.</param>
    /// <param name="passed">Called after each pass with its number.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>items x rank orthonormal vectors, and the singular values from the largest.</returns>
    public static (FactorMatrix Vectors, double[] Values) Find(
        SmoothingGraph graph, int rank, int iterations, int seed, int threads, Action<int> passed, CancellationToken cancellationToken)
    {
        var width = WidthOf(rank, graph.ItemCount);
        var basis = new FactorMatrix(graph.ItemCount, width);
        for (var item = 0; item < basis.RowCount; item++)
        {
            var random = new Randomness((ulong)seed, (ulong)item);
            foreach (ref var x in basis.WritableRow(item)) x = (float)random.NextNormal();
        }

        basis = Orthonormal(graph.ToItems(graph.ToViewers(basis, cancellationToken), cancellationToken), threads, cancellationToken);
        for (var pass = 1; pass <= iterations; pass++)
        {
            basis = Orthonormal(graph.ToItems(graph.ToViewers(basis, cancellationToken), cancellationToken), threads, cancellationToken);
            passed(pass);
        }

        var (values, vectors) = Eigen(GramOf(graph.ToViewers(basis, cancellationToken), threads, cancellationToken));
        var rotation = new float[rank * width];
        for (var i = 0; i < rank; i++)
        {
            for (var j = 0; j < width; j++) rotation[(i * width) + j] = (float)vectors[i][j];
        }

        return (Multiply(basis, rotation, rank, threads, cancellationToken), [.. values.Take(rank).Select(v => Math.Sqrt(Math.Max(0, v)))]);
    }

    /// <summary>Columns that are iterated to find <paramref name="rank"/> of them.</summary>
    public static int WidthOf(int rank, int items) => Math.Min(items, rank + Math.Max(8, rank / 10));

    /// <summary>Eigenvalues from the largest, and their vectors as rows.</summary>
    public static (double[] Values, double[][] Vectors) Eigen(double[][] matrix)
    {
        var n = matrix.Length;
        var (values, vectors) = (new double[n], new double[n * n]);
        SymmetricEigen.Decompose([.. matrix.SelectMany(row => row)], n, values, vectors);
        var order = Enumerable.Range(0, n).ToArray();
        Array.Sort(order, (a, b) => values[b] != values[a] ? values[b].CompareTo(values[a]) : a.CompareTo(b));
        return (Array.ConvertAll(order, i => values[i]), Array.ConvertAll(order, i => vectors.AsSpan(i * n, n).ToArray()));
    }

    // Cholesky QR, twice: the first round leaves float32 noise where columns are nearly dependent. A dependent column becomes zero, and stays so: as noise
    // it would get smaller round by round until nothing could scale it back.
    private static FactorMatrix Orthonormal(FactorMatrix matrix, int threads, CancellationToken cancellationToken)
    {
        for (var round = 0; round < 2; round++)
        {
            var inverse = TransposedInverse(GramOf(matrix, threads, cancellationToken));
            matrix = Multiply(matrix, inverse, matrix.Factors, threads, cancellationToken);
        }

        return matrix;
    }

    // Row c is column c of R^-1, where gram = R'R.
    private static float[] TransposedInverse(double[][] r)
    {
        var n = r.Length;
        var (inverse, isDependent) = (new float[n * n], new bool[n]);
        for (var i = 0; i < n; i++)
        {
            var whole = r[i][i];
            for (var k = 0; k < i; k++)
            {
                var factor = r[k][i];
                if (factor != 0) VectorMath.AddScaled(r[i].AsSpan(i), -factor, r[k].AsSpan(i));
            }

            var scale = r[i][i] > 1e-12 * whole && whole > 0 ? 1 / Math.Sqrt(r[i][i]) : 0;
            for (var j = i; j < n; j++) r[i][j] *= scale;
            isDependent[i] = scale == 0;
            if (isDependent[i]) r[i][i] = 1;
        }

        var column = new double[n];
        for (var c = 0; c < n; c++)
        {
            if (isDependent[c]) continue;
            Array.Clear(column);
            column[c] = 1;
            for (var i = c; i >= 0; i--)
            {
                column[i] /= r[i][i];
                for (var k = 0; k < i; k++) column[k] -= r[k][i] * column[i];
                inverse[(c * n) + i] = (float)column[i];
            }
        }

        return inverse;
    }

    private static double[][] GramOf(FactorMatrix matrix, int threads, CancellationToken cancellationToken)
    {
        var width = matrix.Factors;
        var gram = Gram.Of(matrix.Array, width, threads, cancellationToken);
        return [.. Enumerable.Range(0, width).Select(i => gram.AsSpan(i * width, width).ToArray())];
    }

    // matrix * transform', where transform has a row per column of the result.
    private static FactorMatrix Multiply(FactorMatrix matrix, float[] transform, int columns, int threads, CancellationToken cancellationToken)
    {
        var result = new FactorMatrix(matrix.RowCount, columns);
        var packed = new PackedFactors(transform, matrix.Factors);
        RowWorkers.Run(matrix.RowCount, RowsAtOnce, threads, static () => 0, (_, from, to) =>
            packed.Score(
                matrix.Data.Slice(from * matrix.Factors, (to - from) * matrix.Factors), result.Array.AsSpan(from * columns, (to - from) * columns)), cancellationToken);
        return result;
    }
}
