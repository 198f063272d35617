using System.Runtime.CompilerServices;

namespace Recommender.Modeling.Retrieval;

/// <summary>A query in eight bits, and what rounding did to it.</summary>
internal readonly struct RoundedQuery
{
    /// <summary>More than float32 arithmetic loses in the steps from whole numbers to a bound.</summary>
    private const float Slack = 1 + 1e-5f;

    private readonly float _scale;

    public RoundedQuery(ReadOnlySpan<float> query)
    {
        var (largest, norm) = (0f, 0.0);
        foreach (var value in query) (largest, norm) = (Math.Max(largest, Math.Abs(value)), norm + ((double)value * value));
        _scale = largest / 127;
        // Numbers that are very large or small, or none, are for the plain scan.
        IsUsable = double.IsFinite(norm) && largest is > 1e-30f and < 1e15f;
        if (!IsUsable) return;
        var error = 0.0;
        foreach (var value in query)
        {
            var rest = value - ((double)Step(value) * _scale);
            error += rest * rest;
        }
        RowErrorWeight = (float)Math.Sqrt(norm) * Slack * Slack;
        RowNormWeight = (((float)Math.Sqrt(error) * Slack) + (RowErrorWeight * (query.Length + 8) * 1.2e-7f)) * Slack;
    }

    public bool IsUsable { get; }

    /// <summary>What <see cref="ErrorOf"/> counts the error of a row's rounding with.</summary>
    private float RowErrorWeight { get; }

    /// <summary>What <see cref="ErrorOf"/> counts the length of a row with.</summary>
    private float RowNormWeight { get; }

    /// <summary>
    /// How far a score in eight bits may be from one in float32: by Cauchy and Schwarz, rounding the row costs at most its error times the
    /// query's length, rounding the query its error times the row's length; and float32 loses at most factors * 2^-24 of the product of lengths.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float ErrorOf(float rowError, float rowNorm) => (rowError * RowErrorWeight) + (rowNorm * RowNormWeight);

    /// <summary>Writes the query's numbers as magnitudes and signs, as <see cref="IByteLanes{TSelf}.AddProducts"/> takes them.</summary>
    /// <returns>What makes scores of the sums.</returns>
    public ByteScale Write(ReadOnlySpan<float> query, Span<byte> magnitudes, Span<byte> signs)
    {
        var offset = 0;
        for (var i = 0; i < query.Length; i++)
        {
            var step = Step(query[i]);
            (magnitudes[i], signs[i]) = ((byte)Math.Abs(step), step < 0 ? (byte)0xFF : (byte)0);
            // -x - 1 instead of -x, as many times as the magnitude says.
            if (step < 0) offset -= step;
        }
        return new ByteScale(offset, _scale);
    }

    private int Step(float value) => (int)Math.Clamp(MathF.Round(value / _scale), -127, 127);
}
