namespace Recommender.Modeling.Trainers;

/// <summary>How the value r of an interaction becomes its confidence c.</summary>
public enum ConfidenceScale
{
    /// <summary>c = alpha * r.</summary>
    Linear,

    /// <summary>c = alpha * ln(1 + r).</summary>
    Log,
}
