namespace Recommender.Modeling.Sparse;

/// <summary>What <see cref="InteractionMatrixBuilder"/> does with a second value for the same (row, column).</summary>
public enum DuplicatePolicy
{
    /// <summary>Keeps the larger value.</summary>
    Max,

    /// <summary>Adds the values up.</summary>
    Sum,

    /// <summary>Keeps the value added last.</summary>
    Last,
}
