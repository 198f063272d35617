using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recommender.Modeling.Numerics;

/// <summary>
/// Some steps of the conjugate gradient method on a <see cref="RowSystem"/>, begun at the row's last factors and preconditioned with the
/// diagonal of the whole system, on factors that are padded with zeros to whole lanes (Hu, Koren, Volinsky 2008 for the equations; Takács, Pilászy, Tikk 2011 for the method). Each step costs two
/// passes over the row's vectors, and nothing quadratic in the number of factors. Holds its workspace; one thread at a time.
/// </summary>
/// <param name="stride">Length of the padded factors.</param>
/// <param name="effort">How much is done for a row.</param>
internal sealed unsafe class ConjugateGradient<TLanes>(int stride, RowEffort effort)
    where TLanes : struct, ILanes<TLanes>
{
    private const int Ahead = 8;

    private readonly AlignedBuffer _space = new(5 * stride);

    /// <summary>What a row of so many interactions costs, in multiply-adds; they run at half the rate of a dense product's.</summary>
    public double CostOf(int count) => 2 * (effort.UsualSteps + 1) * ((2.0 * count * stride) + (8 * stride));

    /// <summary>Improves <paramref name="x"/>, of length stride.</summary>
    /// <param name="system">The equations.</param>
    /// <param name="x">The row's last factors.</param>
    /// <param name="moved">Whether they were not near enough already.</param>
    /// <returns>False when float32 is not enough; <paramref name="x"/> is garbage then.</returns>
    public bool TryImprove(in RowSystem system, float* x, out bool moved)
    {
        float* r = _space.Pointer, p = r + stride, q = p + stride, z = q + stride, inverse = z + stride;
        Start(system, x, r, inverse);
        var rz = Precondition(r, inverse, z);
        var whole = effort.Tolerance == 0 ? 0 : rz + Energy(x, inverse);
        moved = rz > effort.Leave * effort.Leave * whole;
        if (!moved) return float.IsFinite(rz);
        var enough = effort.Tolerance * effort.Tolerance * whole;
        new ReadOnlySpan<float>(z, stride).CopyTo(new Span<float>(p, stride));
        for (var step = 1; rz > enough && step <= effort.Steps; step++)
        {
            MultiplyBy(system, p, q);
            var curvature = Dot(p, q);
            if (!(curvature > 0)) break;
            var length = rz / curvature;
            AddScaled(x, p, length);
            if (step == effort.Steps) break;
            AddScaled(r, q, -length);
            var next = Precondition(r, inverse, z);
            Turn(p, z, next / rz);
            rz = next;
        }

        return float.IsFinite(rz) && float.IsFinite(Dot(x, x));
    }

    // r = sum c (1 - v'x) v - D x, and the inverse of D + sum c v^2.
    private void Start(in RowSystem system, float* x, float* r, float* inverse)
    {
        for (var n = 0; n < Math.Min(Ahead, system.Count); n++) Prefetch(system.Row(n));
        var d = system.Diagonal;
        for (var j = 0; j < stride; j += Lanes.Count)
        {
            TLanes.MultiplySubtract(TLanes.Load(d + j), TLanes.Load(x + j), TLanes.Zero).Store(r + j);
            TLanes.Load(d + j).Store(inverse + j);
        }

        var confidences = system.Confidences;
        var count = system.Count;
        var weights = stackalloc float[4];
        var t = 0;
        for (; t <= count - 4; t += 4)
        {
            float* v0 = system.Row(t), v1 = system.Row(t + 1), v2 = system.Row(t + 2), v3 = system.Row(t + 3);
            for (var n = t + Ahead; n < Math.Min(t + Ahead + 4, count); n++) Prefetch(system.Row(n));
            var c = Vector128.Load(confidences + t);
            (c - (c * Dot4(v0, v1, v2, v3, x))).Store(weights);
            var (w0, w1, w2, w3) = (TLanes.Broadcast(weights[0]), TLanes.Broadcast(weights[1]), TLanes.Broadcast(weights[2]), TLanes.Broadcast(weights[3]));
            var (c0, c1, c2, c3) = (TLanes.Broadcast(confidences[t]), TLanes.Broadcast(confidences[t + 1]), TLanes.Broadcast(confidences[t + 2]), TLanes.Broadcast(confidences[t + 3]));
            for (var j = 0; j < stride; j += Lanes.Count)
            {
                var (a, b, e, f) = (TLanes.Load(v0 + j), TLanes.Load(v1 + j), TLanes.Load(v2 + j), TLanes.Load(v3 + j));
                var sum = TLanes.MultiplyAdd(w1, b, TLanes.MultiplyAdd(w0, a, TLanes.Load(r + j)));
                TLanes.MultiplyAdd(w3, f, TLanes.MultiplyAdd(w2, e, sum)).Store(r + j);
                var squares = TLanes.MultiplyAdd(TLanes.Multiply(c1, b), b, TLanes.MultiplyAdd(TLanes.Multiply(c0, a), a, TLanes.Load(inverse + j)));
                TLanes.MultiplyAdd(TLanes.Multiply(c3, f), f, TLanes.MultiplyAdd(TLanes.Multiply(c2, e), e, squares)).Store(inverse + j);
            }
        }

        for (; t < count; t++)
        {
            var v = system.Row(t);
            AddScaled(r, v, confidences[t] - (confidences[t] * Dot(v, x)));
            var c = TLanes.Broadcast(confidences[t]);
            for (var j = 0; j < stride; j += Lanes.Count)
                TLanes.MultiplyAdd(TLanes.Multiply(c, TLanes.Load(v + j)), TLanes.Load(v + j), TLanes.Load(inverse + j)).Store(inverse + j);
        }

        var one = TLanes.Broadcast(1f);
        for (var j = 0; j < stride; j += Lanes.Count) TLanes.Divide(one, TLanes.Load(inverse + j)).Store(inverse + j);
    }

    // q = (D + sum c v v') p.
    private void MultiplyBy(in RowSystem system, float* p, float* q)
    {
        for (var j = 0; j < stride; j += Lanes.Count) TLanes.Multiply(TLanes.Load(system.Diagonal + j), TLanes.Load(p + j)).Store(q + j);
        var confidences = system.Confidences;
        var count = system.Count;
        var weights = stackalloc float[4];
        var t = 0;
        for (; t <= count - 4; t += 4)
        {
            float* v0 = system.Row(t), v1 = system.Row(t + 1), v2 = system.Row(t + 2), v3 = system.Row(t + 3);
            (Vector128.Load(confidences + t) * Dot4(v0, v1, v2, v3, p)).Store(weights);
            var (w0, w1, w2, w3) = (TLanes.Broadcast(weights[0]), TLanes.Broadcast(weights[1]), TLanes.Broadcast(weights[2]), TLanes.Broadcast(weights[3]));
            for (var j = 0; j < stride; j += Lanes.Count)
            {
                var sum = TLanes.MultiplyAdd(w1, TLanes.Load(v1 + j), TLanes.MultiplyAdd(w0, TLanes.Load(v0 + j), TLanes.Load(q + j)));
                TLanes.MultiplyAdd(w3, TLanes.Load(v3 + j), TLanes.MultiplyAdd(w2, TLanes.Load(v2 + j), sum)).Store(q + j);
            }
        }

        for (; t < count; t++)
        {
            var v = system.Row(t);
            AddScaled(q, v, confidences[t] * Dot(v, p));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<float> Dot4(float* v0, float* v1, float* v2, float* v3, float* x)
    {
        var (s0, s1, s2, s3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (var j = 0; j < stride; j += Lanes.Count)
        {
            var y = TLanes.Load(x + j);
            s0 = TLanes.MultiplyAdd(TLanes.Load(v0 + j), y, s0);
            s1 = TLanes.MultiplyAdd(TLanes.Load(v1 + j), y, s1);
            s2 = TLanes.MultiplyAdd(TLanes.Load(v2 + j), y, s2);
            s3 = TLanes.MultiplyAdd(TLanes.Load(v3 + j), y, s3);
        }

        return Lanes.Sum4(s0, s1, s2, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefetch(float* row)
    {
        if (!Sse.IsSupported) return;
        for (var j = 0; j < stride; j += Lanes.Count) Sse.Prefetch0(row + j);
    }

    // z = inverse * r, and z'r.
    private float Precondition(float* r, float* inverse, float* z)
    {
        var sum = TLanes.Zero;
        for (var j = 0; j < stride; j += Lanes.Count)
        {
            var scaled = TLanes.Multiply(TLanes.Load(inverse + j), TLanes.Load(r + j));
            scaled.Store(z + j);
            sum = TLanes.MultiplyAdd(scaled, TLanes.Load(r + j), sum);
        }

        return Lanes.Sum(sum);
    }

    // x'x / inverse.
    private float Energy(float* x, float* inverse)
    {
        var sum = TLanes.Zero;
        for (var j = 0; j < stride; j += Lanes.Count)
            sum = TLanes.MultiplyAdd(TLanes.Divide(TLanes.Load(x + j), TLanes.Load(inverse + j)), TLanes.Load(x + j), sum);
        return Lanes.Sum(sum);
    }

    // p = z + factor * p.
    private void Turn(float* p, float* z, float factor)
    {
        var scale = TLanes.Broadcast(factor);
        for (var j = 0; j < stride; j += Lanes.Count) TLanes.MultiplyAdd(scale, TLanes.Load(p + j), TLanes.Load(z + j)).Store(p + j);
    }

    private float Dot(float* a, float* b)
    {
        var sum = TLanes.Zero;
        for (var j = 0; j < stride; j += Lanes.Count) sum = TLanes.MultiplyAdd(TLanes.Load(a + j), TLanes.Load(b + j), sum);
        return Lanes.Sum(sum);
    }

    private void AddScaled(float* y, float* x, float factor)
    {
        var scale = TLanes.Broadcast(factor);
        for (var j = 0; j < stride; j += Lanes.Count) TLanes.MultiplyAdd(scale, TLanes.Load(x + j), TLanes.Load(y + j)).Store(y + j);
    }
}
