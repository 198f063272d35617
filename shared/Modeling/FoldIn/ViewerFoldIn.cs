namespace Recommender.Modeling.FoldIn;

/// <summary>
/// Solves one viewer's factors from the newest interactions against fixed item factors: the trainer's half-step, bit for bit, so a
/// viewer that the trainer never saw is scored like any other. Safe for concurrent use; allocates nothing in the steady state.
/// </summary>
public sealed class ViewerFoldIn
{
    private readonly FactorFoldIn _items;

    /// <summary>Computes and keeps the gram matrix of the item factors: O(items * factors^2), once per model.</summary>
    /// <param name="itemFactors">items x factors, row-major, float32; copied (4 bytes per number).</param>
    /// <param name="factors">Length of a row, from 1.</param>
    /// <param name="settings">As the model was trained with.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="itemFactors"/> is no multiple of <paramref name="factors"/>.</exception>
    public ViewerFoldIn(ReadOnlyMemory<float> itemFactors, int factors, FoldInSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _items = FactorFoldIn.Create(itemFactors, factors, settings);
    }

    /// <summary>Length of a viewer's vector.</summary>
    public int Factors => _items.Factors;

    /// <summary>Number of items; valid item numbers are below it.</summary>
    public int ItemCount => _items.Count;

    /// <summary>Solves a viewer's factors into <paramref name="destination"/>. Zeros when there is no interaction.</summary>
    /// <param name="items">Distinct item numbers, in any order.</param>
    /// <param name="values">A finite value above zero per item, such as <see cref="Weights.InteractionWeights"/> gives.</param>
    /// <param name="destination">Length <see cref="Factors"/>.</param>
    /// <exception cref="ArgumentException">Lengths that do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An item number out of range, or a value that is not finite and above zero.</exception>
    public void Solve(ReadOnlySpan<int> items, ReadOnlySpan<float> values, Span<float> destination)
    {
        _items.Check(items, values, destination, "items");
        _items.Solve(items, values, share: 1f, destination);
    }

    /// <summary>As the other overload, in a new array.</summary>
    public float[] Solve(ReadOnlySpan<int> items, ReadOnlySpan<float> values)
    {
        var result = new float[Factors];
        Solve(items, values, result);
        return result;
    }
}
