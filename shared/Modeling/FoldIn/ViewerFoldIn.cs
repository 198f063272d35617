namespace Recommender.Modeling.FoldIn;

/// <summary>
/// Solves one viewer's factors from the newest interactions against fixed item factors: the trainer's half-step, bit for bit, so a
/// viewer that the trainer never saw is scored like any other. Safe for concurrent use; allocates nothing in the steady state.
/// </summary>
public sealed class ViewerFoldIn
{
    private readonly FactorFoldIn _items;

    /// <summary>Computes and keeps the gram matrix of the item factors: O(items * factors^2), once per model.</summary>
    /// <param name="itemFactors">items x factors, row-major, float32; kept, not copied.</param>
    /// <param name="factors">Length of a row, from 1.</param>
    /// <param name="settings">As the model was trained with.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="itemFactors"/> is no multiple of <paramref name="factors"/>.</exception>
    public ViewerFoldIn(ReadOnlyMemory<float> itemFactors, int factors, FoldInSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factors);
        if (itemFactors.Length % factors != 0)
            throw new ArgumentException($"{itemFactors.Length} numbers are no whole rows of {factors} factors.", nameof(itemFactors));
        _items = new FactorFoldIn(itemFactors, factors, settings, threads: 0, CancellationToken.None);
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
        if (items.Length != values.Length) throw new ArgumentException($"There are {items.Length} items but {values.Length} values.", nameof(values));
        if (destination.Length != Factors) throw new ArgumentException($"A viewer has {Factors} factors, not {destination.Length}.", nameof(destination));
        for (var i = 0; i < items.Length; i++)
        {
            if ((uint)items[i] >= (uint)ItemCount) throw new ArgumentOutOfRangeException(nameof(items), items[i], $"Item numbers go from 0 to {ItemCount - 1}.");
            if (!(values[i] > 0f) || !float.IsFinite(values[i])) throw new ArgumentOutOfRangeException(nameof(values), values[i], "A value must be finite and above zero.");
        }

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
