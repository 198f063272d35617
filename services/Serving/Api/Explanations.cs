using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts.Json;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Api;

/// <summary>Says in plain words why a video is in an answer, with the parts of its score.</summary>
internal static class Explanations
{
    /// <summary>The whole record of a video's way into the answer.</summary>
    public static Explanation Of(RecommendationPipeline pipeline, ViewerQuery query, in Candidate candidate)
    {
        var explanation = new Explanation
        {
            RankByScore = candidate.RankByScore,
            Similarity = candidate.Similarity,
            AuthorRepeats = candidate.AuthorRepeats,
            Exploration = candidate.IsExploration ? "epsilon_thompson" : "",
            ProposedBy = { pipeline.ProposersOf(candidate) },
            FiltersPassed = { pipeline.FilterNames },
        };
        pipeline.ExplainScore(query, candidate, explanation);
        foreach (var (interaction, similarity) in pipeline.Trace(query, candidate))
        {
            explanation.Events.Add(new ExplainedEvent
            {
                Type = EventTypeNames.NameOf(interaction.Type),
                VideoId = interaction.VideoId,
                OccurredAt = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(interaction.OccurredAtMs)),
                Similarity = similarity,
            });
        }
        return explanation;
    }

    /// <summary>One line: the source's reason, then what the score is made of.</summary>
    public static string Describe(string reason, in Candidate candidate)
    {
        var text = new StringBuilder(reason).Append(". ");
        if (candidate.IsExploration) return text.Append(CultureInfo.InvariantCulture, $"Drawn at random with probability {candidate.Propensity:0.####}.").ToString();
        var score = candidate.Score;
        text.Append(CultureInfo.InvariantCulture, $"Score {score.Total:0.####}");
        var separator = " = ";
        Part("for the likes expected", score.Like);
        Part("for the shares expected", score.Share);
        Part("for the watching expected", score.Watch);
        Part("fit to this viewer", score.Relevance);
        Part("similar to a new like", score.Affinity);
        Part("trending", score.Trend);
        Part("by a followed author", score.Followed);
        return text.Append('.').ToString();

        void Part(string name, double value)
        {
            if (value == 0) return;
            text.Append(separator).Append(CultureInfo.InvariantCulture, $"{value:0.####} {name}");
            separator = " + ";
        }
    }
}
