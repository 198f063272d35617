using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recommender.Modeling.Numerics;

/// <summary>
/// Solves a <see cref="RowSystem"/> by Cholesky, either as it stands (factors x factors) or, for a row of few interactions, in the
/// interactions' own space by the identity of Woodbury: x = D^-1 V' C^(1/2) (I + C^(1/2) V D^-1 V' C^(1/2))^-1 C^(1/2) 1.
/// Whichever costs less is taken. Holds its workspace; one thread at a time.
/// </summary>
internal sealed unsafe class ExactSolver<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private const int PanelRows = 64;

    // Beyond this the short way would lose more digits than the long one.
    private const float StiffestPair = 1e6f;

    private readonly int _factors;
    private readonly int _stride;
    private readonly int _longestDual;
    private readonly AlignedBuffer _matrix;
    private readonly AlignedBuffer _panel;
    private readonly AlignedBuffer _vector;
    private readonly AlignedBuffer _roots;

    public ExactSolver(int factors)
    {
        (_factors, _stride) = (factors, Lanes.RoundUp(factors));
        while (DualCost(_longestDual + Lanes.Count) < PrimalCost(_longestDual + Lanes.Count)) _longestDual += Lanes.Count;
        var largest = Math.Max(_stride, _longestDual);
        _matrix = new AlignedBuffer(checked(largest * largest));
        _panel = new AlignedBuffer(Math.Max(PanelRows, _longestDual) * _stride);
        _vector = new AlignedBuffer(largest);
        _roots = new AlignedBuffer(_stride);
    }

    /// <summary>What a row of so many interactions costs, in multiply-adds.</summary>
    public double CostOf(int count) => count <= _longestDual ? DualCost(Lanes.RoundUp(count)) : PrimalCost(count);

    /// <summary>Writes the factors to <paramref name="destination"/>; always finite.</summary>
    public void Solve(in RowSystem system, float* destination)
    {
        if ((system.Count <= _longestDual && TrySolveDual(system, destination)) || TrySolvePrimal(system, destination)) return;
        WideSolver.Solve(system, new Span<float>(destination, _factors));
    }

    // In multiply-adds of a dense product, as measured with 64 to 256 factors: gathering takes as long as adding up, transposing much longer, and
    // a pivot of Cholesky its time whatever the size.
    private double PrimalCost(double count) => (count * _stride * _stride) + FactorizationCost(_stride);

    private double DualCost(double count) => (count * count * _stride / 2) + (50 * count * _stride) + FactorizationCost(count);

    private static double FactorizationCost(double size) => (size * size * size / 6) + (size * 600);

    private bool TrySolvePrimal(in RowSystem system, float* destination)
    {
        _matrix.Span[..(_stride * _stride)].Clear();
        for (var i = 0; i < _stride; i++) _matrix.Pointer[((nint)i * _stride) + i] = system.Diagonal[i];
        var vector = _vector.Span[.._stride];
        vector.Clear();
        for (var from = 0; from < system.Count; from += PanelRows)
        {
            var count = Math.Min(PanelRows, system.Count - from);
            Gather(system, from, count);
            RankUpdate<TLanes>.Add(_matrix.Pointer, _panel.Pointer, count, _stride);
        }

        if (!Cholesky<TLanes>.TrySolve(_matrix.Pointer, _vector.Pointer, _stride) || !IsFinite(vector)) return false;
        vector[.._factors].CopyTo(new Span<float>(destination, _factors));
        return true;
    }

    // The panel's rows are sqrt(c) v, so that panel' * panel is the sum of c v v'.
    private void Gather(in RowSystem system, int from, int count)
    {
        var panel = _panel.Pointer;
        for (var t = from; t < from + count; t++, panel += _stride)
        {
            if (t + 4 < system.Count) Prefetch(system.Row(t + 4));
            CopyRow(system, t, panel);
            var confidence = system.Confidences[t];
            var (root, weight) = (TLanes.Broadcast(MathF.Sqrt(confidence)), TLanes.Broadcast(confidence));
            for (var j = 0; j < _stride; j += Lanes.Count)
            {
                var v = TLanes.Load(panel + j);
                TLanes.MultiplyAdd(weight, v, TLanes.Load(_vector.Pointer + j)).Store(_vector.Pointer + j);
                TLanes.Multiply(root, v).Store(panel + j);
            }
        }
    }

    // The panel is D^(-1/2) V' C^(1/2): a row per factor, a column per interaction.
    private bool TrySolveDual(in RowSystem system, float* destination)
    {
        var size = Lanes.RoundUp(system.Count);
        for (var i = 0; i < _stride; i++) _roots.Pointer[i] = 1f / MathF.Sqrt(system.Diagonal[i]);
        _panel.Span[..(_stride * size)].Clear();
        GatherTransposed(system, size);
        _matrix.Span[..(size * size)].Clear();
        _vector.Span[..size].Clear();
        for (var t = 0; t < size; t++)
        {
            _matrix.Pointer[((nint)t * size) + t] = 1f;
            if (t < system.Count) _vector.Pointer[t] = MathF.Sqrt(system.Confidences[t]);
        }

        RankUpdate<TLanes>.Add(_matrix.Pointer, _panel.Pointer, _stride, size);
        for (var t = 0; t < system.Count; t++)
        {
            if (!(_matrix.Pointer[((nint)t * size) + t] < StiffestPair)) return false;
        }

        if (!Cholesky<TLanes>.TrySolve(_matrix.Pointer, _vector.Pointer, size)) return false;
        for (var i = 0; i < _stride; i += 4) (Vector128.Load(_roots.Pointer + i) * Dot4(_panel.Pointer + ((nint)i * size), _vector.Pointer, size)).Store(_roots.Pointer + i);
        _roots.Span[.._factors].CopyTo(new Span<float>(destination, _factors));
        return IsFinite(new ReadOnlySpan<float>(destination, _factors));
    }

    // Four interactions at a time, in tiles of four factors.
    private void GatherTransposed(in RowSystem system, int size)
    {
        var t = 0;
        for (; t <= system.Count - 4; t += 4)
        {
            for (var n = t + 4; n < Math.Min(t + 8, system.Count); n++) Prefetch(system.Row(n));
            float* v0 = system.Row(t), v1 = system.Row(t + 1), v2 = system.Row(t + 2), v3 = system.Row(t + 3);
            var roots = Vector128.Sqrt(Vector128.Load(system.Confidences + t));
            var i = 0;
            for (; i <= _factors - 4; i += 4)
            {
                var scale = Vector128.Load(_roots.Pointer + i);
                Transposing.Store(
                    Vector128.Load(v0 + i) * (scale * roots[0]), Vector128.Load(v1 + i) * (scale * roots[1]),
                    Vector128.Load(v2 + i) * (scale * roots[2]), Vector128.Load(v3 + i) * (scale * roots[3]),
                    _panel.Pointer + ((nint)i * size) + t, size);
            }

            for (; i < _factors; i++)
                (Vector128.Create(v0[i], v1[i], v2[i], v3[i]) * (roots * _roots.Pointer[i])).Store(_panel.Pointer + ((nint)i * size) + t);
        }

        for (; t < system.Count; t++)
        {
            var root = MathF.Sqrt(system.Confidences[t]);
            var v = system.Row(t);
            for (var i = 0; i < _factors; i++) _panel.Pointer[((nint)i * size) + t] = v[i] * (_roots.Pointer[i] * root);
        }
    }

    private void CopyRow(in RowSystem system, int at, float* to)
    {
        new ReadOnlySpan<float>(system.Row(at), _factors).CopyTo(new Span<float>(to, _factors));
        for (var i = _factors; i < _stride; i++) to[i] = 0f;
    }

    private void Prefetch(float* row)
    {
        if (!Sse.IsSupported) return;
        for (var j = 0; j < _factors; j += Lanes.Count) Sse.Prefetch0(row + j);
    }

    // The inner products of four rows with a vector.
    private static Vector128<float> Dot4(float* row, float* vector, nint length)
    {
        var (a, b, c, d) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (nint j = 0; j < length; j += Lanes.Count)
        {
            var v = TLanes.Load(vector + j);
            a = TLanes.MultiplyAdd(TLanes.Load(row + j), v, a);
            b = TLanes.MultiplyAdd(TLanes.Load(row + length + j), v, b);
            c = TLanes.MultiplyAdd(TLanes.Load(row + (2 * length) + j), v, c);
            d = TLanes.MultiplyAdd(TLanes.Load(row + (3 * length) + j), v, d);
        }

        return Lanes.Sum4(a, b, c, d);
    }

    private static bool IsFinite(ReadOnlySpan<float> vector)
    {
        foreach (var x in vector)
        {
            if (!float.IsFinite(x)) return false;
        }

        return true;
    }
}
