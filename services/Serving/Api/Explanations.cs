using System.Globalization;
using System.Text;
using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Api;

/// <summary>Says in plain words why a video is in an answer, with the parts of its score.</summary>
internal static class Explanations
{
    /// <summary>One line: the source's reason, then what the score is made of.</summary>
    public static string Describe(string reason, in Candidate candidate)
    {
        var text = new StringBuilder(reason).Append(". ");
        if (candidate.IsExploration) return text.Append(CultureInfo.InvariantCulture, $"Drawn at random with probability {candidate.Propensity:0.####}.").ToString();
        var score = candidate.Score;
        text.Append(CultureInfo.InvariantCulture, $"Score {score.Total:0.####}");
        var separator = " = ";
        Part("fit to this viewer", score.Relevance);
        Part("similar to a new like", score.Affinity);
        Part("trending", score.Trend);
        return text.Append('.').ToString();

        void Part(string name, double value)
        {
            if (value == 0) return;
            text.Append(separator).Append(CultureInfo.InvariantCulture, $"{value:0.####} {name}");
            separator = " + ";
        }
    }
}
