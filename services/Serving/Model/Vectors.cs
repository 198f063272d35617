using System.Numerics;
using System.Runtime.InteropServices;

namespace Recommender.Serving.Model;

/// <summary>Arithmetic on short vectors.</summary>
internal static class Vectors
{
    /// <summary>Inner product of two vectors of one length.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length) throw new ArgumentException("The vectors differ in length.", nameof(b));
        var sums = Vector<float>.Zero;
        var whole = MemoryMarshal.Cast<float, Vector<float>>(a);
        var others = MemoryMarshal.Cast<float, Vector<float>>(b);
        for (var i = 0; i < whole.Length; i++) sums += whole[i] * others[i];
        var sum = Vector.Sum(sums);
        for (var i = whole.Length * Vector<float>.Count; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>One by a vector's length; 0 when it has none.</summary>
    public static float InverseLength(ReadOnlySpan<float> vector)
    {
        var square = Dot(vector, vector);
        return square > 0 ? 1 / MathF.Sqrt(square) : 0;
    }

    /// <summary>Adds a multiple of one vector to another of the same length.</summary>
    public static void AddScaled(Span<float> sum, ReadOnlySpan<float> vector, float factor)
    {
        if (sum.Length != vector.Length) throw new ArgumentException("The vectors differ in length.", nameof(vector));
        for (var i = 0; i < sum.Length; i++) sum[i] += factor * vector[i];
    }

    /// <summary>Multiplies a vector by a number.</summary>
    public static void Scale(Span<float> vector, float factor)
    {
        for (var i = 0; i < vector.Length; i++) vector[i] *= factor;
    }

    /// <summary>Whether every number is finite.</summary>
    public static bool AreFinite(ReadOnlySpan<float> values)
    {
        // x - x is 0 for finite numbers and NaN for all others, and NaN survives addition.
        var sums = Vector<float>.Zero;
        var whole = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (var i = 0; i < whole.Length; i++) sums += whole[i] - whole[i];
        var rest = 0f;
        for (var i = whole.Length * Vector<float>.Count; i < values.Length; i++) rest += values[i] - values[i];
        return Vector.Sum(sums) + rest == 0;
    }
}
