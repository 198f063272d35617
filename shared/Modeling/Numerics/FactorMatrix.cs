using System.Runtime.InteropServices;

namespace Recommender.Modeling.Numerics;

/// <summary>A dense float32 matrix, row-major and without padding: one row of factors per viewer or video.</summary>
public sealed class FactorMatrix
{
    private readonly float[] _data;

    /// <summary>A matrix of zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative size, no factors, or more than 2,147,483,591 cells.</exception>
    public FactorMatrix(int rowCount, int factors)
        : this(rowCount, factors, new float[CellCount(rowCount, factors)])
    {
    }

    /// <summary>A matrix over <paramref name="data"/>, which is not copied.</summary>
    /// <exception cref="ArgumentException">The length of <paramref name="data"/> is not <paramref name="rowCount"/> x <paramref name="factors"/>.</exception>
    public FactorMatrix(int rowCount, int factors, float[] data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Length != CellCount(rowCount, factors))
            throw new ArgumentException($"{rowCount} x {factors} factors need {(long)rowCount * factors} numbers, but there are {data.Length}.", nameof(data));
        (RowCount, Factors, _data) = (rowCount, factors, data);
    }

    /// <summary>Number of rows.</summary>
    public int RowCount { get; }

    /// <summary>Length of a row.</summary>
    public int Factors { get; }

    /// <summary>All cells, row after row.</summary>
    public ReadOnlySpan<float> Data => _data;

    /// <summary>The factors of one row.</summary>
    public ReadOnlySpan<float> Row(int row) => WritableRow(row);

    internal Span<float> WritableRow(int row) =>
        MemoryMarshal.CreateSpan(ref _data[(long)row * Factors], Factors);

    internal float[] Array => _data;

    private static long CellCount(int rowCount, int factors)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factors);
        var cells = (long)rowCount * factors;
        if (cells > System.Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(rowCount), rowCount, $"{rowCount} x {factors} factors are more than the {System.Array.MaxLength} numbers that fit in one matrix.");
        return cells;
    }
}
