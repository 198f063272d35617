using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.Ials;

/// <summary>Viewers or items while they are trained.</summary>
/// <param name="rows">Their interactions.</param>
/// <param name="factors">Length of a vector.</param>
/// <param name="shares">Each row's factor of the weight of unobserved pairs; null: 1.</param>
internal sealed class IalsSide(InteractionRows rows, int factors, float[]? shares)
{
    public InteractionRows Rows { get; } = rows;

    public FactorTable Factors { get; } = new(rows.RowCount, factors);

    /// <summary>Whether there is anything but zeros yet.</summary>
    public bool IsFilled { get; set; }

    public RowSchedule Schedule { get; } = new(rows.RowCount, rows.RowLength);

    public float ShareOf(int row) => shares is null ? 1f : shares[row];
}
