using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Retrieval;

/// <summary>Which best-k lists are wanted.</summary>
/// <param name="Viewers">Viewer numbers, each once; every one gets a list.</param>
/// <param name="Excluded">Viewers x items: what a viewer's list leaves out, such as what the viewer has seen.</param>
/// <param name="Length">Items of a list, at most; above 0.</param>
public sealed record TopListQuery(ReadOnlyMemory<int> Viewers, InteractionMatrix Excluded, int Length)
{
    /// <summary>Bits of items that are in no list: bit <c>item % 64</c> of word <c>item / 64</c>; items beyond its end may be.</summary>
    public ReadOnlyMemory<ulong> Barred { get; init; }

    /// <summary>Threads at most; 0: one per processor. Never changes a list.</summary>
    public int Threads { get; init; }

    /// <summary>Checks it against a model.</summary>
    /// <exception cref="ArgumentException">The exclusions have fewer rows than there are viewers, or the length is not above 0.</exception>
    internal void Check(int viewers)
    {
        ArgumentNullException.ThrowIfNull(Excluded);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Length);
        if (Excluded.RowCount < viewers) throw new ArgumentException($"There are {viewers} viewers but {Excluded.RowCount} rows of exclusions.", nameof(viewers));
    }
}
