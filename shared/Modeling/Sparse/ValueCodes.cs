namespace Recommender.Modeling.Sparse;

/// <summary>Numbers for the values of a matrix: each distinct value its own while there are few, otherwise levels of their logarithms.</summary>
internal sealed class ValueCodes
{
    private readonly Dictionary<float, uint>? _exact;
    private readonly double _lowest;
    private readonly double _perLevel;

    private ValueCodes(Dictionary<float, uint> exact) => (_exact, Values) = (exact, [.. exact.Keys]);

    private ValueCodes(float least, float most, int levels)
    {
        _lowest = Math.Log(least);
        _perLevel = (Math.Log(most) - _lowest) / (levels - 1);
        Values = new float[levels];
        for (var level = 0; level < levels; level++) Values[level] = (float)Math.Clamp(Math.Exp(_lowest + (level * _perLevel)), least, most);
    }

    /// <summary>The value of each code.</summary>
    public float[] Values { get; }

    /// <param name="matrix">Whose values.</param>
    /// <param name="most">Codes at most, from 2.</param>
    public static ValueCodes Of(InteractionMatrix matrix, int most)
    {
        if (matrix.CommonValue is { } common) return new ValueCodes(new Dictionary<float, uint> { [common] = 0 });
        var exact = new Dictionary<float, uint>();
        var (least, largest, last) = (float.MaxValue, 0f, 0f);
        for (var row = 0; row < matrix.RowCount; row++)
        {
            foreach (var value in matrix.RowValues(row))
            {
                (least, largest) = (Math.Min(least, value), Math.Max(largest, value));
                if (value != last && exact.Count <= most) exact.TryAdd(value, (uint)exact.Count);
                last = value;
            }
        }

        return exact.Count <= most ? new ValueCodes(exact) : new ValueCodes(least, largest, most);
    }

    public uint CodeOf(float value) =>
        Values.Length == 1 ? 0
        : _exact is not null ? _exact[value] : (uint)Math.Clamp(Math.Round((Math.Log(value) - _lowest) / _perLevel), 0, Values.Length - 1);
}
