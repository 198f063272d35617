using Recommender.Hosting.Artifacts;

namespace Recommender.Training.Ranking;

/// <summary>What became of the ranker in a run.</summary>
/// <param name="IsUsed">Whether the version has it.</param>
/// <param name="Verdict">Why, or why not, in plain words.</param>
/// <param name="Metrics">How it and the plain blend did on held-out impressions, and counts; empty when none was learnt.</param>
internal sealed record RankerReport(bool IsUsed, string Verdict, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>No ranker.</summary>
    public static RankerReport Without(string verdict) => new(false, verdict, new Dictionary<string, double>());
}

/// <summary>The ranker of a run.</summary>
/// <param name="Report">What became of it.</param>
/// <param name="Graph">Its ONNX graph; null without one.</param>
/// <param name="Origin">What it was learnt from; null without one.</param>
internal sealed record RankerResult(RankerReport Report, byte[]? Graph = null, RankerOrigin? Origin = null);
