using System.Globalization;
using System.Text;
using Recommender.Training.Assessing;

namespace Recommender.Standalone.Assess;

/// <summary>The report in a few lines for a terminal.</summary>
internal static class AssessmentText
{
    /// <summary>What was found and the verdict.</summary>
    public static string Of(AssessmentReport report)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        var c = report.Counts;
        Line($"{Of(c.Events, "event")} of {Of(c.Viewers, "viewer")} with {Of(c.Videos, "video")} from {Of(c.Lines, "line")}; {Of(c.BadLines, "line")} unusable, {Of(c.Duplicates, "event")} repeated.");
        foreach (var problem in report.Problems.Take(3)) Line($"  {problem}");
        Line($"{Of(c.Pairs, "pair")} of viewer and video, {c.Density:P3} of all possible; {c.Positives:N0} liked or watched, {c.Negatives:N0} disliked.");
        Line($"Viewers with at least 5 liked or watched videos: {report.ViewersWithHistory[5]:N0}. Videos with at least 5 such viewers: {report.VideosWithHistory[5]:N0}.");
        Line($"Events per viewer: median {report.Activity.Spread.P50:N0}, most {report.Activity.Spread.Max:N0}. The top 1 % of the videos have {report.Popularity.TopPercentShare:P0} of the events.");
        if (report.Time is { } time) Line($"From {time.From.UtcDateTime:yyyy-MM-dd HH:mm} to {time.To.UtcDateTime:yyyy-MM-dd HH:mm} UTC: {Of(time.Days, "day")}, {time.DaysWithEvents:N0} with events.");
        foreach (var r in report.Correlations.Where(r => r.Pearson is not null))
            Line($"{r.First} and {r.Second} go together by {r.Pearson:+0.00;-0.00;0.00} (ranks {r.Spearman:+0.00;-0.00;0.00}) over {r.Pairs:N0} pairs.");
        text.AppendLine();
        foreach (var reason in report.Verdict.Reasons) Line($"{reason}");
        foreach (var caution in report.Verdict.Cautions) Line($"Take care: {caution}");
        Line($"{report.Verdict.Headline}");
        return text.ToString();
    }

    private static string Of(long count, string one) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {one}{(count == 1 ? "" : "s")}");
}
