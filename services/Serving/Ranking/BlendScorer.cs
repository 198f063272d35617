using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Ranking;

/// <summary>
/// A plain blend: the model's score for the viewer (the inner product with the solved vector, or the score that the viewer's list
/// gives), plus <see cref="ServingOptions.SimilarWeight"/> times the cosine to what was just liked, plus
/// <see cref="ServingOptions.TrendingWeight"/> times the engagement relative to the most trending video, plus
/// <see cref="ServingOptions.FollowedWeight"/> for a followed author. Popularity orders what does not trend.
/// </summary>
internal static class BlendScorer
{
    /// <summary>Far below any difference in trending that means something.</summary>
    private const double PopularityShare = 1e-3;

    /// <summary>The score of a video for a viewer; larger is better.</summary>
    public static ScoreParts Score(ViewerQuery query, in Candidate candidate) =>
        new(Relevance(query, candidate), Affinity(query, candidate), Trend(query, candidate), Followed(query, candidate));

    private static double Relevance(ViewerQuery query, in Candidate candidate)
    {
        if (query.Tier != Tier.RealTime) return candidate.ListScore;
        // The same bits as below, whoever proposed the video.
        if (!float.IsNaN(candidate.FactorScore)) return candidate.FactorScore;
        if (candidate.Item >= 0) return query.Model!.Factors!.Score(query.Vector.Span, candidate.Item);
        return candidate.Cold >= 0 ? query.Cold.Score(query.Vector.Span, candidate.Cold) : 0;
    }

    /// <summary>Whether the viewer follows the author.</summary>
    public static bool IsFollowed(ViewerQuery query, in Candidate candidate) =>
        query.Scratch.Followed.Count > 0 && candidate.Video is { } video && query.Scratch.Followed.Contains(video.AuthorId);

    /// <summary>Greatest cosine to what the viewer has just liked, from 0.</summary>
    public static float Closest(ViewerQuery query, in Candidate candidate)
    {
        if (candidate.Item < 0) return 0;
        var closest = 0f;
        foreach (var liked in query.JustLiked) closest = Math.Max(closest, query.Model!.Factors!.Cosine(liked, candidate.Item));
        return closest;
    }

    private static double Followed(ViewerQuery query, in Candidate candidate) => IsFollowed(query, candidate) ? query.Options.FollowedWeight : 0;

    private static double Affinity(ViewerQuery query, in Candidate candidate) => query.Options.SimilarWeight * Closest(query, candidate);

    private static double Trend(ViewerQuery query, in Candidate candidate)
    {
        var popularity = candidate.Item >= 0 ? query.Model!.PopularityOf(candidate.Item) : 0;
        return query.Options.TrendingWeight * (query.Trending.RatioOf(candidate.VideoId) + (PopularityShare * popularity));
    }
}
