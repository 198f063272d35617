namespace Recommender.Modeling.Numerics;

/// <summary>
/// The factors of one side while they are trained: rows x <see cref="Stride"/> float32, each row on a 64-byte boundary and padded with zeros
/// to whole lanes, so that kernels read it without a copy.
/// </summary>
internal sealed unsafe class FactorTable
{
    private readonly AlignedBuffer _data;

    /// <exception cref="ArgumentOutOfRangeException">More cells than one matrix holds.</exception>
    public FactorTable(int rowCount, int factors)
    {
        (RowCount, Factors, Stride) = (rowCount, factors, Lanes.RoundUp(factors));
        var cells = (long)rowCount * Stride;
        if (cells > Array.MaxLength - Lanes.Count)
            throw new ArgumentOutOfRangeException(nameof(rowCount), rowCount, $"{rowCount} x {factors} factors are more than the {Array.MaxLength} numbers that fit in one matrix.");
        _data = new AlignedBuffer((int)cells);
    }

    public int RowCount { get; }

    public int Factors { get; }

    public int Stride { get; }

    /// <summary>Good as long as the table is reachable.</summary>
    public float* Pointer => _data.Pointer;

    public Span<float> Row(int row) => new(Pointer + ((nint)row * Stride), Factors);

    /// <summary>Copies the rows without their padding.</summary>
    public FactorMatrix ToMatrix()
    {
        var matrix = new FactorMatrix(RowCount, Factors);
        for (var row = 0; row < RowCount; row++) Row(row).CopyTo(matrix.WritableRow(row));
        return matrix;
    }
}
