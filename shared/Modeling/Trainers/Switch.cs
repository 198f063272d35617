namespace Recommender.Modeling.Trainers;

/// <summary>A parameter that is on or off.</summary>
internal enum Switch
{
    /// <summary>Off.</summary>
    Off,

    /// <summary>On.</summary>
    On,
}
