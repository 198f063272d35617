using Recommender.Modeling.Sparse;

namespace Recommender.Standalone.Evaluate.Data;

/// <summary>One interaction per line.</summary>
internal sealed class PairsFormat : PlainFormat
{
    private static readonly string[] UserHeaders = ["user", "user_id", "userid", "uid", "viewer", "viewer_id"];
    private static readonly string[] ItemHeaders = ["item", "item_id", "itemid", "iid", "video", "video_id", "videoid", "movie_id", "movieid"];

    /// <inheritdoc/>
    public override string Name => "pairs";

    /// <inheritdoc/>
    public override string Summary =>
        "'user item' a line, separated by tab or blanks, further columns ignored, a header allowed; validation pairs are masked, not trained on";

    /// <inheritdoc/>
    protected override string? ReadLine(string line, long number, IdSpace ids, InteractionMatrixBuilder cells)
    {
        ReadOnlySpan<char> user, item;
        if (line.Contains('\t', StringComparison.Ordinal))
        {
            // Between tabs an id may hold blanks.
            var columns = line.AsSpan();
            var tab = columns.IndexOf('\t');
            user = columns[..tab].Trim();
            columns = columns[(tab + 1)..];
            tab = columns.IndexOf('\t');
            item = (tab < 0 ? columns : columns[..tab]).Trim();
        }
        else
        {
            var fields = new Fields(line);
            fields.TryNext(out user);
            fields.TryNext(out item);
        }

        if (user.IsEmpty || item.IsEmpty) return "it has no user and item";
        if (number == 1 && IsHeader(user, UserHeaders) && IsHeader(item, ItemHeaders)) return null;
        cells.Add(ids.Users.Add(user), ids.Items.Add(item));
        return null;
    }

    private static bool IsHeader(ReadOnlySpan<char> field, string[] names)
    {
        var colon = field.IndexOf(':');
        var name = colon < 0 ? field : field[..colon];
        foreach (var known in names)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
