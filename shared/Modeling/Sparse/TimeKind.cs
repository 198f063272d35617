namespace Recommender.Modeling.Sparse;

/// <summary>What the times of an <see cref="InteractionMatrix"/> mean.</summary>
public enum TimeKind
{
    /// <summary>The data has neither times nor an order.</summary>
    None,

    /// <summary>Only an order within each row is known: 0 is the oldest.</summary>
    Order,

    /// <summary>Seconds since the Unix epoch, unsigned (until the year 2106).</summary>
    UnixSeconds,
}
