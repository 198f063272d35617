namespace Recommender.Serving.Pipeline;

/// <summary>What an answer mainly comes from, best first.</summary>
internal enum Tier
{
    /// <summary>A vector solved from the viewer's newest events.</summary>
    RealTime,

    /// <summary>The list that the last training made for the viewer.</summary>
    Precomputed,

    /// <summary>What trends, or is popular, among all viewers.</summary>
    Trending,
}
