using Recommender.Modeling.Sparse;

namespace Recommender.Standalone.Evaluate.Data;

/// <summary>Numbers viewers and items across all files of an evaluation.</summary>
internal sealed class IdSpace
{
    /// <summary>Viewer ids.</summary>
    public IdIndex Users { get; } = new();

    /// <summary>Item ids: the catalog that is ranked.</summary>
    public IdIndex Items { get; } = new();

    /// <summary>A matrix of the cells in <paramref name="builder"/>, with a row per viewer and a column per item of all files.</summary>
    public InteractionMatrix Build(InteractionMatrixBuilder builder) => builder.Build(Users.Count, Items.Count);

    /// <summary>A file without a usable line is no data set.</summary>
    /// <exception cref="DataException"><paramref name="cells"/> has none.</exception>
    public static void RequireAny(long cells, string path)
    {
        if (cells == 0) throw new DataException($"The file '{path}' has no usable line.");
    }
}
