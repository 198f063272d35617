using Recommender.Modeling.FoldIn;

namespace Recommender.Modeling.Sparse;

/// <summary>Rows of interactions as solvers read them: columns and confidences, copied into the caller's memory.</summary>
internal abstract class InteractionRows
{
    public abstract int RowCount { get; }

    public abstract int RowLength(int row);

    /// <summary>Copies a row.</summary>
    /// <param name="row">Row, from 0.</param>
    /// <param name="columns">Receives the columns, ascending; as long as the row.</param>
    /// <param name="confidences">Receives a confidence per column.</param>
    public abstract void Read(int row, Span<int> columns, Span<float> confidences);

    /// <summary>The rows of a matrix; takes no memory of its own.</summary>
    public static InteractionRows Of(InteractionMatrix matrix, FoldInSettings settings) => new MatrixRows(matrix, settings);

    private sealed class MatrixRows(InteractionMatrix matrix, FoldInSettings settings) : InteractionRows
    {
        public override int RowCount => matrix.RowCount;

        public override int RowLength(int row) => matrix.RowLength(row);

        public override void Read(int row, Span<int> columns, Span<float> confidences)
        {
            matrix.RowColumns(row).CopyTo(columns);
            settings.ConfidencesOf(matrix.RowValues(row), confidences);
        }
    }
}
