using System.Numerics;
using System.Runtime.InteropServices;

namespace Recommender.Modeling.Numerics;

/// <summary>Work on rows. The width of the registers changes no bit, except of an inner product.</summary>
internal static class VectorMath
{
    /// <summary>into += factor * from.</summary>
    public static void AddScaled(Span<float> into, float factor, ReadOnlySpan<float> from)
    {
        var wide = MemoryMarshal.Cast<float, Vector<float>>(into);
        var source = MemoryMarshal.Cast<float, Vector<float>>(from);
        for (var i = 0; i < wide.Length; i++) wide[i] += source[i] * factor;
        for (var i = wide.Length * Vector<float>.Count; i < into.Length; i++) into[i] += from[i] * factor;
    }

    /// <inheritdoc cref="AddScaled(Span{float}, float, ReadOnlySpan{float})"/>
    public static void AddScaled(Span<double> into, double factor, ReadOnlySpan<double> from)
    {
        var wide = MemoryMarshal.Cast<double, Vector<double>>(into);
        var source = MemoryMarshal.Cast<double, Vector<double>>(from);
        for (var i = 0; i < wide.Length; i++) wide[i] += source[i] * factor;
        for (var i = wide.Length * Vector<double>.Count; i < into.Length; i++) into[i] += from[i] * factor;
    }

    /// <summary>(high, low) becomes (sine * low + cosine * high, cosine * low - sine * high).</summary>
    public static void Rotate(Span<double> low, Span<double> high, double cosine, double sine)
    {
        var wideLow = MemoryMarshal.Cast<double, Vector<double>>(low);
        var wideHigh = MemoryMarshal.Cast<double, Vector<double>>(high);
        for (var i = 0; i < wideLow.Length; i++)
            (wideHigh[i], wideLow[i]) = ((wideLow[i] * sine) + (wideHigh[i] * cosine), (wideLow[i] * cosine) - (wideHigh[i] * sine));
        for (var i = wideLow.Length * Vector<double>.Count; i < low.Length; i++)
            (high[i], low[i]) = ((sine * low[i]) + (cosine * high[i]), (cosine * low[i]) - (sine * high[i]));
    }

    /// <summary>The inner product; sums in an order that depends on the width of the registers.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var wideA = MemoryMarshal.Cast<float, Vector<float>>(a);
        var wideB = MemoryMarshal.Cast<float, Vector<float>>(b);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < wideA.Length; i++) sums += wideA[i] * wideB[i];
        var sum = Vector.Sum(sums);
        for (var i = wideA.Length * Vector<float>.Count; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>One step of pairwise ranking: x and a towards each other, x and b apart, all three shrunk.</summary>
    public static void Compare(Span<float> x, Span<float> a, Span<float> b, float keep, float push)
    {
        var wideX = MemoryMarshal.Cast<float, Vector<float>>(x);
        var wideA = MemoryMarshal.Cast<float, Vector<float>>(a);
        var wideB = MemoryMarshal.Cast<float, Vector<float>>(b);
        for (var i = 0; i < wideX.Length; i++)
        {
            var (u, p, q) = (wideX[i], wideA[i], wideB[i]);
            (wideX[i], wideA[i], wideB[i]) = ((u * keep) + ((p - q) * push), (p * keep) + (u * push), (q * keep) - (u * push));
        }

        for (var i = wideX.Length * Vector<float>.Count; i < x.Length; i++)
        {
            var (u, p, q) = (x[i], a[i], b[i]);
            (x[i], a[i], b[i]) = ((keep * u) + (push * (p - q)), (keep * p) + (push * u), (keep * q) - (push * u));
        }
    }
}
