namespace Recommender.Modeling.Retrieval;

/// <summary>
/// Inner products of row-major vectors with the bits that a scan of <see cref="PackedFactors"/> gives them: one chain of fused multiply-adds in the
/// order of the factors. A row takes a sixteenth of the cache lines that it takes in there, so a few of them are scored sooner here.
/// </summary>
public static class OrderedDot
{
    /// <summary>The inner product of two vectors of one length.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Of(ReadOnlySpan<float> query, ReadOnlySpan<float> row)
    {
        if (query.Length != row.Length) throw new ArgumentException("The vectors differ in length.", nameof(row));
        var sum = 0f;
        for (var f = 0; f < query.Length; f++) sum = MathF.FusedMultiplyAdd(query[f], row[f], sum);
        return sum;
    }

    /// <summary>Four of them at a time, since a chain waits for itself; rows as long as the query.</summary>
    internal static (float A, float B, float C, float D) Of(
        ReadOnlySpan<float> query, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, ReadOnlySpan<float> d)
    {
        var (sumA, sumB, sumC, sumD) = (0f, 0f, 0f, 0f);
        // Cut to the query's length, so that the compiler sees that no index is out of range.
        a = a[..query.Length];
        b = b[..query.Length];
        c = c[..query.Length];
        d = d[..query.Length];
        for (var f = 0; f < query.Length; f++)
        {
            sumA = MathF.FusedMultiplyAdd(query[f], a[f], sumA);
            sumB = MathF.FusedMultiplyAdd(query[f], b[f], sumB);
            sumC = MathF.FusedMultiplyAdd(query[f], c[f], sumC);
            sumD = MathF.FusedMultiplyAdd(query[f], d[f], sumD);
        }
        return (sumA, sumB, sumC, sumD);
    }

    /// <summary>Rows that <see cref="Of(float*, float**, int, float*)"/> takes.</summary>
    internal const int AtOnce = 8;

    /// <summary>The inner products of <see cref="AtOnce"/> rows with a query, all of one length.</summary>
    internal static unsafe void Of(float* query, float** rows, int length, float* products)
    {
        float* a = rows[0], b = rows[1], c = rows[2], d = rows[3], e = rows[4], g = rows[5], h = rows[6], i = rows[7];
        var (sumA, sumB, sumC, sumD) = (0f, 0f, 0f, 0f);
        var (sumE, sumG, sumH, sumI) = (0f, 0f, 0f, 0f);
        for (nint f = 0; f < length; f++)
        {
            var q = query[f];
            sumA = MathF.FusedMultiplyAdd(q, a[f], sumA);
            sumB = MathF.FusedMultiplyAdd(q, b[f], sumB);
            sumC = MathF.FusedMultiplyAdd(q, c[f], sumC);
            sumD = MathF.FusedMultiplyAdd(q, d[f], sumD);
            sumE = MathF.FusedMultiplyAdd(q, e[f], sumE);
            sumG = MathF.FusedMultiplyAdd(q, g[f], sumG);
            sumH = MathF.FusedMultiplyAdd(q, h[f], sumH);
            sumI = MathF.FusedMultiplyAdd(q, i[f], sumI);
        }

        (products[0], products[1], products[2], products[3]) = (sumA, sumB, sumC, sumD);
        (products[4], products[5], products[6], products[7]) = (sumE, sumG, sumH, sumI);
    }
}
