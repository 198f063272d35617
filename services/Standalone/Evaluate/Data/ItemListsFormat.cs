using Recommender.Modeling.Sparse;

namespace Recommender.Standalone.Evaluate.Data;

/// <summary>A viewer and its items per line, in no order.</summary>
internal sealed class ItemListsFormat : PlainFormat
{
    /// <inheritdoc/>
    public override string Name => "lightgcn";

    /// <inheritdoc/>
    public override string Summary => "'user item item ...' a line; a user without items is allowed; validation items are masked, not trained on";

    /// <inheritdoc/>
    protected override string? ReadLine(string line, long number, IdSpace ids, InteractionMatrixBuilder cells)
    {
        var fields = new Fields(line);
        fields.TryNext(out var user);
        var row = ids.Users.Add(user);
        while (fields.TryNext(out var item)) cells.Add(row, ids.Items.Add(item));
        return null;
    }
}
