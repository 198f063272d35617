namespace Recommender.Modeling.Numerics;

/// <summary>Solves a symmetric positive definite system by the factorization matrix = U' * U, in blocks of sixteen pivots.</summary>
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
                Scale(pivotRow, 1f / MathF.Sqrt(pivot), block, stride);
                for (var q = p + 1; q < block + Lanes.Count; q++)
                    Subtract(matrix + ((nint)q * stride), pivotRow, pivotRow[q], block, stride);
            }

            RankUpdate<TLanes>.SubtractTrailing(matrix, matrix + ((nint)block * stride), Lanes.Count, stride, block + Lanes.Count);
        }

        return true;
    }

    // U' * y = b, column by column of U': each step is one row of U, which is contiguous.
    private static void Forward(float* matrix, float* vector, int stride)
    {
        for (var p = 0; p < stride; p++)
        {
            var row = matrix + ((nint)p * stride);
            var y = vector[p] / row[p];
            var from = p & ~(Lanes.Count - 1);
            for (var j = p + 1; j < from + Lanes.Count; j++) vector[j] = MathF.FusedMultiplyAdd(-y, row[j], vector[j]);
            if (from + Lanes.Count < stride) Subtract(vector, row, y, from + Lanes.Count, stride);
            vector[p] = y;
        }
    }

    // U * x = y from the last row up. The sum over a row is taken in sixteen lanes whatever the machine, for equal bits.
    private static void Backward(float* matrix, float* vector, int stride)
    {
        var lanes = stackalloc float[Lanes.Count];
        for (var p = stride - 1; p >= 0; p--)
        {
            var row = matrix + ((nint)p * stride);
            var from = p & ~(Lanes.Count - 1);
            var sum = TLanes.Zero;
            for (var j = from + Lanes.Count; j < stride; j += Lanes.Count) sum = TLanes.MultiplyAdd(TLanes.Load(row + j), TLanes.Load(vector + j), sum);
            sum.Store(lanes);
            for (var j = p + 1; j < from + Lanes.Count; j++) lanes[j - from] = MathF.FusedMultiplyAdd(row[j], vector[j], lanes[j - from]);
            vector[p] = (vector[p] - Sum(lanes)) / row[p];
        }
    }

    private static float Sum(float* lanes)
    {
        for (var width = Lanes.Count / 2; width > 0; width /= 2)
        {
            for (var i = 0; i < width; i++) lanes[i] += lanes[i + width];
        }

        return lanes[0];
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
