using System.Globalization;
using Recommender.Modeling.Trainers.Popularity;

namespace Recommender.Training.Running;

/// <summary>Whether a new model goes live.</summary>
/// <param name="Promote">Whether it does.</param>
/// <param name="Reason">Why, in plain words.</param>
internal sealed record GateVerdict(bool Promote, string Reason);

/// <summary>
/// Decides whether a challenger goes live: always when nothing is; otherwise when it beats popularity, which a popularity model need not, and
/// is not worse than the live model's recipe, all judged on the same split.
/// </summary>
internal static class PromotionGate
{
    /// <summary>The verdict.</summary>
    /// <param name="challenger">The trial of the new model's recipe.</param>
    /// <param name="popularity">The trial of popularity.</param>
    /// <param name="liveVersion">The version that is live; empty when none is.</param>
    /// <param name="champion">The trial of the live model's recipe; null when it can't be followed any more.</param>
    public static GateVerdict Judge(Trial challenger, Trial popularity, string liveVersion, Trial? champion)
    {
        var own = string.Create(CultureInfo.InvariantCulture, $"{challenger.Recipe.Trainer} reaches {Trial.Criterion} {challenger.Score:F4}");
        if (liveVersion.Length == 0) return new GateVerdict(true, $"{own}, and nothing was live before");
        var isPopularity = challenger.Recipe.Trainer == PopularityTrainer.TrainerName;
        var baseline = string.Create(CultureInfo.InvariantCulture, $"popularity {popularity.Score:F4}");
        if (!isPopularity && !(challenger.Score > popularity.Score)) return new GateVerdict(false, $"{own}, which does not beat {baseline}");
        if (champion is null) return new GateVerdict(true, $"{own}, {baseline}; the recipe of {liveVersion} can't be followed any more");
        var others = string.Create(CultureInfo.InvariantCulture, $"{baseline} and the recipe of {liveVersion} {champion.Score:F4}");
        return challenger.Score >= champion.Score
            ? new GateVerdict(true, $"{own}, not less than {others}")
            : new GateVerdict(false, $"{own}, which is less than the live model's recipe: {others}");
    }
}
