using Microsoft.ML.OnnxRuntime;
using Recommender.Modeling.Onnx.Ranking;
using Recommender.Modeling.Ranking;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Ranking;

/// <summary>
/// Scores by what is expected of a video: <see cref="ServingOptions.LikeWeight"/> times the chance of a like, and so on, as the model's learned ranker
/// says, which ONNX Runtime runs once per answer. Where the model has no ranker (too few impressions so far, or it was not better) or it fails, the
/// plain blend scores.
/// </summary>
[Stage(10)]
internal sealed class RankerScorer(FeatureCalculator features, ServingMetrics metrics, TimeProvider time, ILogger<RankerScorer> logger) : IScorer
{
    /// <inheritdoc/>
    public void Score(ViewerQuery query, Span<Candidate> candidates)
    {
        if (query is { Options.Ranker: true, Model.Ranker: { } ranker } && TryRank(ranker, query, candidates)) return;
        foreach (ref var candidate in candidates) candidate.Score = BlendScorer.Score(query, candidate);
        if (!query.IsRehearsal) metrics.Blended();
    }

    /// <inheritdoc/>
    public void Explain(ViewerQuery query, in Candidate candidate, Explanation into)
    {
        if (FeatureCalculator.CanCompute(query))
        {
            Span<float> values = stackalloc float[RankerFeatures.Count];
            features.Compute(query, candidate, values);
            for (var i = 0; i < values.Length; i++) into.Features.Add(RankerFeatures.Names[i], values[i]);
        }
        // A drawn video was not put there by its score.
        if (candidate.IsExploration) return;
        var score = candidate.Score;
        into.Scorer = score.Scorer;
        foreach (var (name, value) in score.IsLearned
            ? (ReadOnlySpan<(string, double)>)[("expected_like", score.Like), ("expected_share", score.Share), ("expected_watch", score.Watch)]
            : [("relevance", score.Relevance), ("affinity", score.Affinity), ("trend", score.Trend), ("followed", score.Followed)])
            into.ScoreParts.Add(name, value);
    }

    private bool TryRank(RankerSession ranker, ViewerQuery query, Span<Candidate> candidates)
    {
        var begin = time.GetTimestamp();
        var (rows, expected) = query.Scratch.Ranker.Rows(candidates.Length);
        for (var i = 0; i < candidates.Length; i++) features.Compute(query, candidates[i], rows.Span.Slice(i * RankerFeatures.Count, RankerFeatures.Count));
        try
        {
            ranker.Score(rows, candidates.Length, expected);
        }
        catch (OnnxRuntimeException e)
        {
            metrics.RankerFailed();
            RankerLog.Failed(logger, query.Model!.Version, e.Message);
            return false;
        }
        for (var i = 0; i < candidates.Length; i++)
        {
            var of = expected.Span.Slice(i * OutcomeWeights.Count, OutcomeWeights.Count);
            candidates[i].Score = new ScoreParts
            {
                IsLearned = true,
                Like = query.Options.LikeWeight * of[(int)RankerOutcome.Like],
                Share = query.Options.ShareWeight * of[(int)RankerOutcome.Share],
                Watch = query.Options.WatchWeight * of[(int)RankerOutcome.Watch],
            };
        }
        if (!query.IsRehearsal) metrics.Ranked(time.GetElapsedTime(begin));
        return true;
    }
}

internal static partial class RankerLog
{
    [LoggerMessage(EventId = 7701, EventName = "RankerFailed", Level = LogLevel.Error, Message = "The ranker of model {Version} failed, and the plain blend scored in its place: {Problem}")]
    public static partial void Failed(ILogger logger, string version, string problem);
}
