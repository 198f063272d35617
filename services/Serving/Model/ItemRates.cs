namespace Recommender.Serving.Model;

/// <summary>How the videos of a model are watched, liked and shared by all viewers, as training found it. Immutable.</summary>
/// <param name="rows">(items + 1) x 3, row-major: mean watch ratio, likes per view, shares per view; the last row is that of an unknown video.</param>
internal sealed class ItemRates(ReadOnlyMemory<float> rows)
{
    /// <summary>Numbers per video.</summary>
    public const int Columns = 3;

    /// <summary>Mean watch ratio, likes per view and shares per view of an item; of an average one for -1.</summary>
    public (float Watched, float Liked, float Shared) Of(int item)
    {
        var span = rows.Span;
        var row = span.Slice(item >= 0 ? item * Columns : span.Length - Columns, Columns);
        return (row[0], row[1], row[2]);
    }
}
