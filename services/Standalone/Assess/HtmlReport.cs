using System.Globalization;
using System.Text;
using Recommender.Training.Assessing;
using Recommender.Training.Dataset;

namespace Recommender.Standalone.Assess;

/// <summary>The report as one HTML page that needs nothing else.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root{color-scheme:light dark;--ink:#1b2430;--soft:#5b6776;--paper:#fff;--line:#dde3ea;--bar:#2563a8;--go:#17703c;--care:#8a5a00;--no:#a32424}
        @media(prefers-color-scheme:dark){:root{--ink:#e6ebf1;--soft:#9aa7b5;--paper:#12171d;--line:#2c3641;--bar:#6ea8e6;--go:#62c98b;--care:#e2b04c;--no:#ef8585}}
        body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:1180px;margin:0 auto;padding:24px}
        h1{font-size:1.5rem;margin:0 0 4px}h2{font-size:1.1rem;margin:32px 0 8px}.meta,.none,figcaption{color:var(--soft);font-size:.875rem}
        .verdict{border-left:6px solid var(--care);padding:8px 16px;margin:20px 0;font-size:1.15rem;font-weight:600}.verdict.go{border-color:var(--go)}.verdict.no_go{border-color:var(--no)}
        .grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:16px 32px}.scroll{overflow-x:auto}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}td,th{padding:4px 12px 4px 0;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
        td:first-child,th:first-child{text-align:left}td.text{white-space:normal;text-align:left}th{color:var(--soft);font-weight:600}
        figure{margin:0}svg{width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:var(--soft)}.bar{fill:var(--bar)}.pale{opacity:.45}
        svg .grid{stroke:var(--line)}.line,.even{fill:none;stroke:var(--bar);stroke-width:2}.even{stroke:var(--soft);stroke-dasharray:4 4;stroke-width:1}.whisker{stroke:var(--ink);stroke-width:1.5;fill:none}
        """;

    /// <summary>The page.</summary>
    public static string Write(AssessmentReport report)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Is a model worth it?</title><style>")
            .Append(Style).Append("</style></head><body>");
        page.Append(CultureInfo.InvariantCulture, $"<h1>Is a model worth it? {Svg.Encode(report.Source)}</h1><p class=\"meta\">{report.MadeAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC, Recommender {Svg.Encode(report.CodeVersion)}, data version {report.DataVersion[..12]}</p>");
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"verdict {report.Verdict.Decision}\">{Svg.Encode(report.Verdict.Headline)}</div>");
        foreach (var reason in report.Verdict.Reasons) page.Append(CultureInfo.InvariantCulture, $"<p>{Svg.Encode(reason)}</p>");
        if (report.Verdict.Cautions.Count > 0)
            page.Append("<h2>Take care</h2><ul>").AppendJoin("", report.Verdict.Cautions.Select(c => $"<li>{Svg.Encode(c)}</li>")).Append("</ul>");
        if (report.Comparison is { } comparison) WriteComparison(page, comparison);
        WriteCounts(page, report);
        WritePlots(page, report);
        WriteSignals(page, report);
        WriteChecks(page, report);
        return page.Append("</body></html>").ToString();
    }

    private static void WriteComparison(StringBuilder page, Comparison comparison)
    {
        page.Append("<h2>Popularity against the simplest personal model</h2><div class=\"grid\">").Append(Figure(Svg.Compare(comparison, "popularity and personal model"),
            Text($"{comparison.Personal}; learned from the older events, judged on {comparison.Viewers:N0} of {comparison.AllViewers:N0} viewers by the newer ones (split: {comparison.Split}), all videos ranked")));
        Table(page, ["metric", "popularity", "personal", "gain", "interval of the gain"], comparison.Metrics.Select(m => (string[])[
            m.Key, Text($"{m.Value.Popularity.Mean:F4}"), Text($"{m.Value.Personal.Mean:F4}"), Text($"{m.Value.Gain.Mean:+0.0000;-0.0000;0.0000}"),
            Text($"{m.Value.Gain.Low:+0.0000;-0.0000;0.0000} to {m.Value.Gain.High:+0.0000;-0.0000;0.0000}")]));
        page.Append("</div>");
    }

    private static void WriteCounts(StringBuilder page, AssessmentReport report)
    {
        var c = report.Counts;
        page.Append("<h2>How much there is</h2><div class=\"grid\">");
        Table(page, ["", ""],
        [
            ["lines read", Text($"{c.Lines:N0}")], ["lines that could not be used", Text($"{c.BadLines:N0}")], ["events", Text($"{c.Events:N0}")],
            ["events that repeat another one", Text($"{c.Duplicates:N0}")], ["viewers", Text($"{c.Viewers:N0}")], ["videos", Text($"{c.Videos:N0}")],
            ["videos in the catalog", Text($"{c.CatalogVideos:N0}")], ["categories", Text($"{c.Categories:N0}")], ["pairs of viewer and video", Text($"{c.Pairs:N0}")],
            ["liked or watched", Text($"{c.Positives:N0}")], ["disliked", Text($"{c.Negatives:N0}")], ["share of all possible pairs", Text($"{c.Density:P4}")],
            .. c.EventsByType.Select(t => (string[])[$"events of type {t.Key}", Text($"{t.Value:N0}")]),
        ]);
        Table(page, ["with at least", "viewers", "videos"], report.ViewersWithHistory.Select(h => (string[])[
            Text($"{h.Key} liked or watched"), Text($"{h.Value:N0}"), Text($"{report.VideosWithHistory[h.Key]:N0}")]));
        page.Append("</div>");
    }

    private static void WritePlots(StringBuilder page, AssessmentReport report)
    {
        page.Append("<h2>How it is spread</h2><div class=\"grid\">");
        page.Append(Figure(Svg.Bars(report.Activity.Histogram, "viewers by events"), Text($"viewers by number of events; the most active 1 % make {report.Activity.TopPercentShare:P0} of them, Gini {report.Activity.Gini:F2}")));
        page.Append(Figure(Svg.Bars(report.Popularity.Histogram, "videos by events"), Text($"videos by number of events; the top 1 % have {report.Popularity.TopPercentShare:P0} of them, Gini {report.Popularity.Gini:F2}")));
        page.Append(Figure(Svg.Lorenz(report.Popularity.Lorenz, "share of events of the less popular videos"), "share of the events that the less popular videos have together"));
        if (report.WatchRatios.Any(b => b.Count > 0)) page.Append(Figure(Svg.Bars(report.WatchRatios, "views by watch ratio"), "views by watch ratio, videos of known duration"));
        if (report.Time is { } time)
        {
            page.Append(Figure(Svg.Bars(time.ByPeriod, "events by time"), Text($"events from {time.From.UtcDateTime:yyyy-MM-dd HH:mm} to {time.To.UtcDateTime:yyyy-MM-dd HH:mm} UTC; {time.DaysWithEvents:N0} of {time.Days:N0} days have any")));
            page.Append(Figure(Svg.Bars([.. time.ByHour.Select((n, h) => new Bin(h.ToString(CultureInfo.InvariantCulture), n))], "events by hour"), "events by hour of the day, UTC"));
        }
        page.Append("</div>");
        if (report.Time is { Gaps.Count: > 0 } gaps)
            Table(page, ["nothing happened from", "for hours"], gaps.Gaps.Select(g => (string[])[Text($"{g.From.UtcDateTime:yyyy-MM-dd HH:mm} UTC"), Text($"{g.Hours:N1}")]));
    }

    private static void WriteSignals(StringBuilder page, AssessmentReport report)
    {
        page.Append("<h2>Signals</h2>");
        Table(page, ["signal", "values", "min", "10 %", "median", "mean", "90 %", "99 %", "max"], report.Signals.Select(s => Row(s.Key, s.Value)));
        page.Append("<h2>How signals go together</h2>");
        Table(page, ["signals", "pairs of viewer and video", "Pearson", "Spearman (ranks)", "note"], report.Correlations.Select(r => (string[])[
            $"{r.First} and {r.Second}", Text($"{r.Pairs:N0}"), Text($"{r.Pearson:+0.000;-0.000;0.000}"), Text($"{r.Spearman:+0.000;-0.000;0.000}"), r.Note]));
    }

    private static void WriteChecks(StringBuilder page, AssessmentReport report)
    {
        page.Append("<h2>Checks</h2><div class=\"grid\">");
        Table(page, ["check", "found"], report.Checks.Select(c => (string[])[c.Key.Replace('_', ' '), Text($"{c.Value:N0}")]));
        if (report.Outliers.Viewers > 0)
        {
            Table(page, [Text($"{report.Outliers.Viewers:N0} viewers unlike people, {report.Outliers.EventShare:P1} of the events"), "events", "why"],
                report.Outliers.Examples.Select(o => (string[])[o.ViewerId, Text($"{o.Events:N0}"), o.Why]));
        }
        else
        {
            page.Append("<p class=\"none\">No viewer stands out as a machine.</p>");
        }
        page.Append("</div>");
        if (report.Problems.Count > 0)
            page.Append("<h2>Lines that could not be used (the first of them)</h2><ul>").AppendJoin("", report.Problems.Select(p => $"<li>{Svg.Encode(p)}</li>")).Append("</ul>");
    }

    private static string[] Row(string name, Distribution d) =>
        [name.Replace('_', ' '), Text($"{d.Count:N0}"), Text($"{d.Min:G4}"), Text($"{d.P10:G4}"), Text($"{d.P50:G4}"), Text($"{d.Mean:G4}"), Text($"{d.P90:G4}"), Text($"{d.P99:G4}"), Text($"{d.Max:G4}")];

    private static string Figure(string svg, string caption) => $"<figure>{svg}<figcaption>{Svg.Encode(caption)}</figcaption></figure>";

    private static void Table(StringBuilder page, string[] header, IEnumerable<string[]> rows)
    {
        page.Append("<div class=\"scroll\"><table>");
        if (header.Any(h => h.Length > 0)) page.Append("<tr>").AppendJoin("", header.Select(h => $"<th>{Svg.Encode(h)}</th>")).Append("</tr>");
        foreach (var row in rows) page.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Svg.Encode(cell)}</td>")).Append("</tr>");
        page.Append("</table></div>");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
