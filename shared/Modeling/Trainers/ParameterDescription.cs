namespace Recommender.Modeling.Trainers;

/// <summary>One parameter of a trainer, as help and documentation show it.</summary>
/// <param name="Key">The name in key=value.</param>
/// <param name="Default">The value when it is not given.</param>
/// <param name="Allowed">The allowed values, in words.</param>
/// <param name="Meaning">What it does.</param>
public sealed record ParameterDescription(string Key, string Default, string Allowed, string Meaning);
