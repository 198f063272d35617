namespace Recommender.Modeling.Numerics;

/// <summary>
/// The equations of one row in the axes in which the other side's gram matrix is diagonal:
/// (diag(<see cref="Diagonal"/>) + sum c v v') x = sum c v, over the row's interactions.
/// </summary>
internal readonly unsafe struct RowSystem
{
    /// <summary>The other side's factors.</summary>
    public required float* Others { get; init; }

    /// <summary>Distance between two rows of <see cref="Others"/>.</summary>
    public required int OtherStride { get; init; }

    /// <summary>Number of factors.</summary>
    public required int Factors { get; init; }

    /// <summary>The other side's rows v.</summary>
    public required int* Columns { get; init; }

    /// <summary>A confidence c per column.</summary>
    public required float* Confidences { get; init; }

    /// <summary>Number of columns.</summary>
    public required int Count { get; init; }

    /// <summary>
    /// Weight of the unobserved pairs times the gram matrix, plus the ridge. <see cref="Factors"/> numbers rounded up to whole lanes, all above
    /// zero.
    /// </summary>
    public required float* Diagonal { get; init; }

    /// <summary>The v of an interaction.</summary>
    public float* Row(int at) => Others + ((nint)Columns[at] * OtherStride);
}
