using System.Globalization;
using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Trainers.Popularity;

namespace Recommender.Training.Judging;

/// <summary>
/// Decides whether a challenger goes live, all recipes judged by the same held-out events. It must be better than popularity and than the live
/// model's recipe beyond noise (the paired bootstrap interval of the difference lies above zero), and no guardrail may fall. The live recipe
/// on newer data is no better method, only fresher: it need not be worse, nor need it where the live model's files are damaged, on whatever data. When
/// nothing is live, neither need the first model.
/// </summary>
/// <param name="options">The thresholds.</param>
internal sealed class PromotionGate(GateOptions options)
{
    /// <summary>The verdict.</summary>
    /// <param name="challenger">The trial of the new model's recipe.</param>
    /// <param name="popularity">The trial of popularity.</param>
    /// <param name="champion">What is live; null when nothing is.</param>
    /// <param name="dataVersion">The data of this run.</param>
    public GateVerdict Judge(Trial challenger, Trial popularity, Champion? champion, string dataVersion)
    {
        var checks = new List<GateCheck>();
        var isRefresh = champion?.Trial is { } live && live.Recipe.Makes(challenger.Recipe);
        if (challenger.Recipe.Trainer != PopularityTrainer.TrainerName)
            checks.Add(champion is null || isRefresh ? NotWorse(challenger, popularity) : Better("better_than_popularity", challenger, popularity, "popularity"));
        if (isRefresh) checks.Add(Fresher(champion!, dataVersion));
        else if (champion?.Trial is { } other) checks.AddRange(Compare(challenger, other, $"the live model's recipe ({other.Recipe.Trainer}, {champion.Version})"));
        var promote = checks.TrueForAll(c => c.Passed);
        return new GateVerdict(promote, Reason(challenger, champion, checks, promote), checks);
    }

    /// <summary>Whether the live model's recipe should be followed again in place of a challenger that is not better than it beyond noise.</summary>
    public bool PrefersChampion(Trial challenger, Champion champion, string dataVersion) =>
        champion.Trial is { } live && (champion.IsDamaged || champion.DataVersion != dataVersion) && !live.Recipe.Makes(challenger.Recipe) && !(Gain(challenger, live).Low > options.MinGain);

    private IEnumerable<GateCheck> Compare(Trial challenger, Trial champion, string name)
    {
        yield return Better("better_than_champion", challenger, champion, name);
        yield return Coverage(challenger, champion);
        yield return Popularity(challenger, champion);
        yield return TailRecall(challenger, champion);
        yield return Size(challenger, champion);
        yield return ScoringTime(challenger, champion);
    }

    private BootstrapInterval Gain(Trial challenger, Trial other) =>
        MetricIntervals.OfDifference(challenger.Result.PerViewer(Trial.Criterion), other.Result.PerViewer(Trial.Criterion), options);

    private GateCheck Better(string name, Trial challenger, Trial other, string otherName)
    {
        var gain = Gain(challenger, other);
        var passed = gain.Low > options.MinGain;
        return new GateCheck(name, passed, Text($"{(passed ? "better" : "not better")} than {otherName} {other.Score:F4} beyond noise ({Of(gain)})"));
    }

    private GateCheck NotWorse(Trial challenger, Trial popularity)
    {
        var gain = Gain(challenger, popularity);
        var words = gain.Low > 0 ? "better than" : gain.High >= 0 ? "not worse beyond noise than" : "worse than";
        return new GateCheck("not_worse_than_popularity", gain.High >= 0, Text($"{words} popularity {popularity.Score:F4} ({Of(gain)})"));
    }

    private static GateCheck Fresher(Champion champion, string dataVersion) => champion.IsDamaged
        ? new GateCheck("newer_data", true, $"the recipe of the live model {champion.Version}, whose files are damaged")
        : champion.DataVersion == dataVersion
        ? new GateCheck("newer_data", false, $"the same recipe and the same data as the live model {champion.Version}, so nothing is gained")
        : new GateCheck("newer_data", true, $"the recipe of the live model {champion.Version} on newer data");

    private GateCheck Coverage(Trial challenger, Trial champion)
    {
        const string Metric = "coverage@20";
        var (now, before) = (challenger.Result.Metrics.GetValueOrDefault(Metric), champion.Result.Metrics.GetValueOrDefault(Metric));
        return new GateCheck("coverage", now >= before * (1 - options.MaxCoverageLoss), Text($"coverage of the catalog {now:P1} (live {before:P1})"));
    }

    private GateCheck Popularity(Trial challenger, Trial champion)
    {
        var (now, before) = (challenger.Audit.PopularityBias, champion.Audit.PopularityBias);
        return new GateCheck("popularity_bias", now <= before + options.MaxPopularityRise, Text($"popularity bias {now:F3} (live {before:F3})"));
    }

    private GateCheck TailRecall(Trial challenger, Trial champion)
    {
        var pairs = challenger.Audit.TailRecall.Zip(champion.Audit.TailRecall).Where(p => !double.IsNaN(p.First) && !double.IsNaN(p.Second)).ToArray();
        if (pairs.Length == 0) return new GateCheck("tail_recall", true, "no rarely watched video was there to be found");
        var (now, before) = (Array.ConvertAll(pairs, p => p.First), Array.ConvertAll(pairs, p => p.Second));
        var difference = MetricIntervals.OfDifference(now, before, options);
        var passed = difference.High >= 0 || now.Average() >= before.Average() * (1 - options.MaxTailRecallLoss);
        return new GateCheck("tail_recall", passed, Text($"recall@20 of rarely watched videos {now.Average():F4} (live {before.Average():F4})"));
    }

    private GateCheck Size(Trial challenger, Trial champion)
    {
        const double Mebibyte = 1 << 20;
        var (now, before) = (challenger.Audit.Bytes, champion.Audit.Bytes);
        var passed = now <= Math.Max(before * options.MaxSizeRatio, options.AllowedMebibytes * Mebibyte);
        return new GateCheck("size", passed, Text($"size {now / Mebibyte:F1} MiB (live {before / Mebibyte:F1})"));
    }

    private GateCheck ScoringTime(Trial challenger, Trial champion)
    {
        var (now, before) = (challenger.Audit.ScoringMilliseconds, champion.Audit.ScoringMilliseconds);
        var passed = now <= Math.Max(before * options.MaxScoringRatio, options.AllowedScoringTime.TotalMilliseconds);
        return new GateCheck("scoring_time", passed, Text($"scoring a viewer {now:F2} ms (live {before:F2})"));
    }

    private static string Reason(Trial challenger, Champion? champion, List<GateCheck> checks, bool promote)
    {
        var own = Text($"{challenger.Recipe.Trainer} reaches {Trial.Criterion} {challenger.Score:F4} on {challenger.Result.Viewers.Count} viewers");
        var decisive = promote ? checks : checks.Where(c => !c.Passed);
        var parts = decisive.Select(c => c.Words).Prepend(own).ToList();
        if (champion is null) parts.Add("nothing was live before");
        else if (champion.Trial is null) parts.Add($"the recipe of {champion.Version} can't be followed any more");
        return string.Join("; ", parts);
    }

    private string Of(BootstrapInterval gain) => Text($"{gain.Mean:+0.0000;-0.0000;0.0000}, {options.Level:P0} interval {gain.Low:+0.0000;-0.0000;0.0000} to {gain.High:+0.0000;-0.0000;0.0000}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
