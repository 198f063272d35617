using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers;

/// <summary>
/// Likes and dislikes as one matrix of twice as many columns: column v is that video v was liked, column videos + v that it was disliked. What a
/// dislike says about other videos is then learned like all else (collective matrix factorization: Singh, Gordon, "Relational Learning via
/// Collective Matrix Factorization", 2008).
/// </summary>
internal static class DislikeColumns
{
    /// <summary>Joins both; values are multiplied by the factor of their half.</summary>
    public static InteractionMatrix Join(InteractionMatrix likes, double likeFactor, InteractionMatrix? dislikes, double dislikeFactor)
    {
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Max, likes.TimeKind);
        for (var row = 0; row < likes.RowCount; row++)
        {
            Add(builder, likes, row, 0, likeFactor);
            if (dislikes is not null) Add(builder, dislikes, row, likes.ColumnCount, dislikeFactor);
        }

        return builder.Build(likes.RowCount, dislikes is null ? likes.ColumnCount : 2 * likes.ColumnCount);
    }

    private static void Add(InteractionMatrixBuilder builder, InteractionMatrix matrix, int row, int offset, double factor)
    {
        var columns = matrix.RowColumns(row);
        var values = matrix.RowValues(row);
        var times = matrix.RowTimes(row);
        for (var i = 0; i < columns.Length; i++)
            builder.Add(row, offset + columns[i], (float)Math.Clamp(factor * values[i], 1e-9, 1e9), times.IsEmpty ? 0 : times[i]);
    }
}
