namespace Recommender.Modeling.Retrieval;

/// <summary>
/// Sums of sixteen items in 32 bits, to which the products of four bytes each are added at a time. Sums of whole numbers are exact, so every
/// implementation gives the same bits.
/// </summary>
internal unsafe interface IByteLanes<TSelf>
    where TSelf : struct, IByteLanes<TSelf>
{
    /// <summary>Whether this machine runs the implementation in hardware.</summary>
    static abstract bool IsAccelerated { get; }

    static abstract TSelf Zero { get; }

    /// <summary>Adds the products of the items' numbers with the query's.</summary>
    /// <param name="sums">What there is.</param>
    /// <param name="items">64 numbers from -127 to 127: four of each item.</param>
    /// <param name="magnitudes">Four numbers of the query without their signs, a byte each, 0 to 127.</param>
    /// <param name="signs">
    /// 0xFF in each byte whose number is below zero, otherwise 0. The items' bytes are inverted there, which makes -x - 1 of x: hardware multiplies
    /// bytes with a sign by bytes without one.
    /// </param>
    static abstract TSelf AddProducts(TSelf sums, sbyte* items, int magnitudes, int signs);

    /// <summary>Bit i is set where score i is at least <paramref name="needed"/>.</summary>
    static abstract uint Reaching(TSelf sums, in ByteScale scale, float* itemScales, float needed);

    /// <summary>Writes the scores: (sum + offset) * item's scale * query's scale.</summary>
    static abstract void Store(TSelf sums, in ByteScale scale, float* itemScales, float* scores);
}

/// <summary>What makes a score of a sum of bytes.</summary>
/// <param name="Offset">What the sums lack since bytes were inverted.</param>
/// <param name="Query">What one step of the query's numbers is worth.</param>
internal readonly record struct ByteScale(int Offset, float Query);
