using System.Runtime.InteropServices;

namespace Recommender.Modeling.Retrieval;

/// <summary>
/// Queries rounded to eight bits, and what a sum of rounded products must exceed so that the inner product can matter. One thread at a time.
/// </summary>
/// <param name="most">Number of queries at most; a multiple of 8.</param>
/// <param name="factors">Length of a query.</param>
internal sealed unsafe class RoundedQueries(int most, int factors)
{
    // Products too small for float32 may be lost, whatever the lengths.
    private const double Underflow = 1e-35;

    private const float Smallest = 1e-12f;

    private readonly int _pairs = (factors + 1) / 2;
    private readonly int[] _numbers = GC.AllocateArray<int>(most * ((factors + 1) / 2), pinned: true);
    private readonly short[] _starts = new short[most];

    // By query. The scale of one that cannot be rounded is none, and so is what is needed of it: it passes everything.
    private readonly double[] _scales = new double[most];
    private readonly float[] _lengths = new float[most];
    private readonly float[] _errors = new float[most];

    /// <summary>Rounds a query.</summary>
    public void Set(int at, ReadOnlySpan<float> query)
    {
        var isZero = !query.ContainsAnyExcept(0f);
        var scale = isZero ? 1 : RoundedGroups.ScaleOf(query, sbyte.MaxValue);
        _numbers.AsSpan(at * _pairs, _pairs).Clear();
        (_scales[at], _starts[at], _lengths[at], _errors[at]) = (double.NaN, 0, 0, 0);
        if (!isZero && !(scale > Smallest && RoundedGroups.CanRound(query))) return;
        var pairs = MemoryMarshal.Cast<int, sbyte>(_numbers.AsSpan(at * _pairs, _pairs));
        var (sum, error, length) = (0, 0.0, 0.0);
        for (var f = 0; f < query.Length; f++)
        {
            var steps = query[f] / scale;
            var rounded = (int)Math.Round(steps);
            (sum, error, length) = (sum + rounded, error + ((steps - rounded) * (steps - rounded)), length + ((double)rounded * rounded));
            // Twice, as the numbers of sixteen items are multiplied by the same pair.
            var to = (f / 2 * 4) + (f % 2);
            (pairs[to], pairs[to + 2]) = ((sbyte)rounded, (sbyte)rounded);
        }

        // A float32 chain of k steps errs by k half units in the last place of the product of both lengths, at most.
        var chain = (query.Length + 8) * Math.ScaleB(1, -23) * NormOrder.LengthOf(query) / scale;
        (_scales[at], _starts[at]) = (scale, unchecked((short)(-RoundedGroups.Offset * sum)));
        (_lengths[at], _errors[at]) = (MathF.BitIncrement((float)Math.Sqrt(length)), MathF.BitIncrement((float)(Math.Sqrt(error) + chain)));
    }

    /// <summary>The pairs of a query, each twice.</summary>
    public int* Numbers(int at) => (int*)Marshal.UnsafeAddrOfPinnedArrayElement(_numbers, 0) + ((nint)at * _pairs);

    /// <summary>Where the sum of a query begins, so that the items' offset is gone in the end.</summary>
    public short Start(int at) => _starts[at];

    /// <summary>What matters from a score of <paramref name="threshold"/> on, in steps of the query.</summary>
    public RoundedNeed NeedOf(int at, float threshold) => new((float)((threshold - Underflow) / _scales[at]), _lengths[at], _errors[at]);
}

/// <summary>What a query needs of an item.</summary>
/// <param name="Score">The inner product, in steps of the query.</param>
/// <param name="Length">Length of the rounded query, in steps.</param>
/// <param name="Error">Length of what rounding took from it, and what float32 arithmetic takes from a score of an item of length one.</param>
internal readonly record struct RoundedNeed(float Score, float Length, float Error);
