using System.Globalization;

namespace Recommender.Training.Assessing;

/// <summary>Turns what was found into a decision in plain words.</summary>
internal sealed class VerdictRules(AssessmentOptions options)
{
    /// <summary>A model is worth it.</summary>
    public const string Go = "go";

    /// <summary>It is, once something is looked at.</summary>
    public const string GoWithCare = "go_with_care";

    /// <summary>It is not.</summary>
    public const string NoGo = "no_go";

    private const string Metric = "ndcg@20";

    /// <summary>The decision for a report.</summary>
    public Verdict Judge(AssessmentReport report)
    {
        var cautions = Cautions(report).ToArray();
        var reasons = new List<string>();
        if (report.Comparison is { } c) reasons.Add(Words(c));
        else reasons.Add(report.NoComparison);
        if (Obstacle(report) is { } obstacle) return new Verdict(NoGo, obstacle, reasons, cautions);
        var gain = report.Comparison!.Metrics[Metric];
        var ratio = gain.Popularity.Mean > 0 ? Text($"{gain.Personal.Mean / gain.Popularity.Mean:0.0} times") : "infinitely more than";
        var headline = Text($"Go: knowing the viewer finds {ratio} what popularity finds ({Metric} {gain.Personal.Mean:F4} against {gain.Popularity.Mean:F4}).");
        return cautions.Length == 0
            ? new Verdict(Go, headline, reasons, cautions)
            : new Verdict(GoWithCare, headline.Replace("Go:", "Go, with care:", StringComparison.Ordinal), reasons, cautions);
    }

    private string? Obstacle(AssessmentReport report)
    {
        var counts = report.Counts;
        var videos = Math.Max(counts.Videos, counts.CatalogVideos);
        if (counts.Events == 0 && counts.BadLines > 0) return Text($"No-go: none of the lines could be used ({counts.Lines:N0} in all); is this their format?");
        if (counts.Events == 0) return "No-go: there is no data.";
        if (videos == 1) return "No-go: there is only one video, and so nothing to choose from.";
        if (videos <= options.MenuVideos)
        {
            var categories = counts.Categories > 0 ? Text($" in {counts.Categories} {(counts.Categories == 1 ? "category" : "categories")}") : "";
            return Text($"No-go: {videos} videos{categories} need a menu, not a model: a viewer looks through all of them.");
        }
        var viewers = report.ViewersWithHistory[options.History];
        if (viewers < options.MinViewers)
            return Text($"No-go: only {viewers} of {counts.Viewers:N0} viewers {Have(viewers)} liked or watched {options.History} videos; at least {options.MinViewers} are needed to learn tastes.");
        var known = report.VideosWithHistory[options.History];
        if (known < options.MinVideos)
            return Text($"No-go: only {known} of {counts.Videos:N0} videos {Have(known)} {options.History} viewers; there is nothing that viewers have in common.");
        if (report.Comparison is null) return "No-go: a personal model can't be told from popularity with this data.";
        var gain = report.Comparison.Metrics[Metric].Gain;
        if (gain.High < 0) return Text($"No-go: a personal model is worse than popularity ({Interval(report)}); show what is popular.");
        return gain.Low > 0 ? null : Text($"No-go: a personal model is not better than popularity beyond noise ({Interval(report)}); show what is popular, and collect more.");
    }

    private static IEnumerable<string> Cautions(AssessmentReport report)
    {
        var counts = report.Counts;
        double Of(long part, long all) => all == 0 ? 0 : part / (double)all;
        if (Of(counts.BadLines, counts.Lines) > 0.01) yield return Text($"{Of(counts.BadLines, counts.Lines):P1} of the lines could not be used.");
        if (Of(counts.Duplicates, counts.Events + counts.Duplicates) > 0.1) yield return Text($"Events that repeat another one: {counts.Duplicates:N0}.");
        if (Of(report.Checks[Checks.RepeatedEvent], counts.Events) > 0.05) yield return Text($"Events with viewer, video, type and time of another one: {report.Checks[Checks.RepeatedEvent]:N0}.");
        if (report.Outliers.EventShare > 0.1) yield return Text($"Viewers who do not behave like people make {report.Outliers.EventShare:P0} of the events ({report.Outliers.Viewers:N0} of {counts.Viewers:N0} viewers); leave them out.");
        foreach (var (name, words) in new[]
        {
            (Checks.NegativeWatch, "with a negative watch time"), (Checks.LongWatch, "of watching for more than 24 hours"), (Checks.EarlyTime, "from before the year 1990"),
            (Checks.FutureTime, "that lie in the future"), (Checks.WatchRatio, "of watching a video more than ten times through at once"),
        })
        {
            if (Of(report.Checks[name], counts.Events) > 0.01) yield return Text($"Events {words}: {report.Checks[name]:N0}.");
        }
        if (report.Checks[Checks.OddId] > 0) yield return Text($"Ids that look wrong (a word for nothing, invisible characters, blanks around them, or very long): {report.Checks[Checks.OddId]:N0}.");
        if (report.Checks[Checks.AlikeIds] > 0) yield return Text($"Ids that differ from another one in upper and lower case only: {report.Checks[Checks.AlikeIds]:N0}.");
        if (report.Time is { } time)
        {
            if (time.SameTimeShare > 0.2) yield return Text($"{time.SameTimeShare:P0} of the events have the same time; it says when they were copied, not when they happened.");
            else if (time.Days < 3) yield return Text($"The data covers {time.Days} {(time.Days == 1 ? "day" : "days")} only; habits of a week are not in it.");
            if (time.Gaps is [{ Hours: > 48 } gap, ..]) yield return Text($"Nothing happened for {Long(gap.Hours)} from {gap.From.UtcDateTime:yyyy-MM-dd HH:mm}Z; was it recorded?");
        }
        if (counts.EventsByType.TryGetValue("view", out var views) && report.Signals.TryGetValue("watch_seconds", out var watched) && watched.Max > 0
            && Of(report.Checks[Checks.UnknownDuration], views) > 0.5)
            yield return Text($"{Of(report.Checks[Checks.UnknownDuration], views):P0} of the views are of videos of unknown duration; how much of them was watched is a guess.");
        if (report.Popularity.Gini > 0.95) yield return "Nearly everything goes to very few videos; check that others are shown at all.";
        if (report.Popularity.Spread is { Count: > 1 } spread && spread.Min == spread.Max) yield return "Every video has the same number of events, so popularity tells nothing.";
    }

    private string Words(Comparison c) => string.Create(
        CultureInfo.InvariantCulture,
        $"{c.Personal} against popularity on {(c.Viewers < c.AllViewers ? Text($"{c.Viewers:N0} of {c.AllViewers:N0}") : Text($"{c.Viewers:N0}"))} viewers: {string.Join(", ", c.Metrics.Select(m => Text($"{m.Key} {m.Value.Personal.Mean:F4} against {m.Value.Popularity.Mean:F4} (gain {m.Value.Gain.Low:+0.0000;-0.0000;0.0000} to {m.Value.Gain.High:+0.0000;-0.0000;0.0000} at {options.Level:P0})")))}.");

    private static string Interval(AssessmentReport report)
    {
        var gain = report.Comparison!.Metrics[Metric].Gain;
        return Text($"gain of {Metric} {gain.Low:+0.0000;-0.0000;0.0000} to {gain.High:+0.0000;-0.0000;0.0000} on {report.Comparison.Viewers} viewers");
    }

    private static string Have(int count) => count == 1 ? "has" : "have";

    private static string Long(double hours) => hours < 100 ? Text($"{hours:F0} hours") : Text($"{hours / 24:N0} days");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
