using System.Runtime.Intrinsics;

namespace Recommender.Modeling.Numerics;

/// <summary>
/// Solves a symmetric positive definite system by the factorization matrix = U' * U, in blocks of sixteen pivots. The diagonal of U is kept as
/// its inverse.
/// </summary>
internal static unsafe class Cholesky<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    // The smallest normal number: its inverse square root is still finite.
    private const float SmallestPivot = 1.17549435e-38f;

    /// <summary>Replaces <paramref name="vector"/> by the solution of matrix * x = vector.</summary>
    /// <param name="matrix">stride x stride, row-major; the upper triangle counts and is overwritten.</param>
    /// <param name="vector">Length stride.</param>
    /// <param name="stride">A multiple of 16.</param>
    /// <returns>False when the matrix is not positive definite in float32; both arguments are garbage then.</returns>
    public static bool TrySolve(float* matrix, float* vector, int stride)
    {
        if (!TryFactorize(matrix, stride)) return false;
        Forward(matrix, vector, stride);
        Backward(matrix, vector, stride);
        return true;
    }

    private static bool TryFactorize(float* matrix, int stride)
    {
        for (var block = 0; block < stride; block += Lanes.Count)
        {
            for (var p = block; p < block + Lanes.Count; p++)
            {
                var pivotRow = matrix + ((nint)p * stride);
                var pivot = pivotRow[p];
                if (!(pivot > SmallestPivot) || !float.IsFinite(pivot)) return false;
                var inverse = 1f / MathF.Sqrt(pivot);
                Scale(pivotRow, inverse, block, stride);
                for (var q = p + 1; q < block + Lanes.Count; q++)
                    Subtract(matrix + ((nint)q * stride), pivotRow, pivotRow[q], block, stride);
                pivotRow[p] = inverse;
            }

            RankUpdate<TLanes>.SubtractTrailing(matrix, matrix + ((nint)block * stride), Lanes.Count, stride, block + Lanes.Count);
        }

        return true;
    }

    // U' * y = b: each step takes one row of U, which is contiguous, from all that is left. What that makes of the block's solved part is
    // garbage, which the solution then replaces.
    private static void Forward(float* matrix, float* vector, int stride)
    {
        var solved = stackalloc float[Lanes.Count];
        for (var block = 0; block < stride; block += Lanes.Count)
        {
            for (var i = 0; i < Lanes.Count; i++)
            {
                var row = matrix + ((nint)(block + i) * stride);
                solved[i] = vector[block + i] * row[block + i];
                Subtract(vector, row, solved[i], block, stride);
            }

            TLanes.Load(solved).Store(vector + block);
        }
    }

    // U * x = y from the last block up: first the rows beside the block, four at a time, then the columns of its triangle.
    private static void Backward(float* matrix, float* vector, int stride)
    {
        for (var block = stride - Lanes.Count; block >= 0; block -= Lanes.Count)
        {
            for (var p = block; p < block + Lanes.Count; p += 4) (Vector128.Load(vector + p) - Beside(matrix + ((nint)p * stride), vector, block + Lanes.Count, stride)).Store(vector + p);
            for (var p = block + Lanes.Count - 1; p >= block; p--)
            {
                var x = vector[p] * matrix[((nint)p * stride) + p];
                vector[p] = x;
                for (var q = block; q < p; q++) vector[q] = MathF.FusedMultiplyAdd(-x, matrix[((nint)q * stride) + p], vector[q]);
            }
        }
    }

    // The inner products of four rows with the vector, from a column on.
    private static Vector128<float> Beside(float* row, float* vector, int from, nint stride)
    {
        var (a, b, c, d) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (var j = from; j < stride; j += Lanes.Count)
        {
            var v = TLanes.Load(vector + j);
            a = TLanes.MultiplyAdd(TLanes.Load(row + j), v, a);
            b = TLanes.MultiplyAdd(TLanes.Load(row + stride + j), v, b);
            c = TLanes.MultiplyAdd(TLanes.Load(row + (2 * stride) + j), v, c);
            d = TLanes.MultiplyAdd(TLanes.Load(row + (3 * stride) + j), v, d);
        }

        return Lanes.Sum4(a, b, c, d);
    }

    private static void Scale(float* row, float factor, int from, int stride)
    {
        var scale = TLanes.Broadcast(factor);
        for (var j = from; j < stride; j += Lanes.Count) TLanes.Multiply(TLanes.Load(row + j), scale).Store(row + j);
    }

    private static void Subtract(float* row, float* other, float factor, int from, int stride)
    {
        var scale = TLanes.Broadcast(factor);
        for (var j = from; j < stride; j += Lanes.Count)
            TLanes.MultiplySubtract(scale, TLanes.Load(other + j), TLanes.Load(row + j)).Store(row + j);
    }
}
