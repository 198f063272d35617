namespace Recommender.Serving.Experiments;

/// <summary>What experiments make of one viewer's answers.</summary>
/// <param name="Name">The arm of every layer, as <c>layer=arm</c>, separated by commas; empty without layers.</param>
/// <param name="Options">How the answers are made.</param>
internal sealed record Assignment(string Name, ServingOptions Options);
