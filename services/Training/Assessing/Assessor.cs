using Recommender.Contracts.Json;
using Recommender.Modeling.Weights;
using Recommender.Training.Dataset;
using Recommender.V1;

namespace Recommender.Training.Assessing;

/// <summary>Looks at data before anybody trains on it, and says whether a model is worth it.</summary>
/// <param name="options">Where lines are drawn.</param>
/// <param name="weights">Turn events into confidences.</param>
/// <param name="time">The clock.</param>
internal sealed class Assessor(AssessmentOptions options, InteractionWeights weights, TimeProvider time)
{
    private static readonly int[] s_steps = [1, 2, 3, 5, 10, 20, 50, 100];

    /// <summary>Assesses what was collected. Data of any kind gives a report; none at all gives a no-go.</summary>
    /// <param name="input">The data.</param>
    /// <param name="source">What it is, for the report.</param>
    /// <param name="codeVersion">Version of the code, for the report.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public AssessmentReport Assess(AssessmentInput input, string source, string codeVersion, CancellationToken cancellationToken)
    {
        var (events, duplicates) = input.Build(cancellationToken);
        return Assess(input, events, duplicates, source, codeVersion, cancellationToken);
    }

    /// <summary>Assesses events that were read otherwise; <paramref name="input"/> then says what is known of lines and catalog.</summary>
    /// <inheritdoc cref="Assess(AssessmentInput, string, string, CancellationToken)"/>
    public AssessmentReport Assess(
        AssessmentInput input, EventDataset events, long duplicates, string source, string codeVersion, CancellationToken cancellationToken)
    {
        var pairs = PairTable.Of(events, weights, cancellationToken);
        var checks = RangeFindings.Of(input, events, time.GetUtcNow(), cancellationToken);
        var outliers = OutlierSearch.Of(events, input.HasTimes, cancellationToken);
        var (comparison, noComparison) = new ModelComparison(options, weights).Run(events, cancellationToken);
        var report = new AssessmentReport
        {
            Source = source,
            MadeAt = time.GetUtcNow(),
            CodeVersion = codeVersion,
            DataVersion = DataVersion.Of(events, cancellationToken),
            Verdict = new Verdict("", "", [], []),
            Counts = CountsOf(input, events, duplicates, pairs),
            Activity = Spreads.Of(pairs.EventsOfViewer),
            Popularity = Spreads.Of(pairs.EventsOfVideo),
            ViewersWithHistory = Steps(pairs.PositivesOfViewer),
            VideosWithHistory = Steps(pairs.PositivesOfVideo),
            Checks = checks,
            Problems = input.Problems,
            Time = input.HasTimes ? TimeFindings.Of(events) : null,
            Outliers = outliers,
            Signals = SignalReport.Of(events, weights, cancellationToken),
            WatchRatios = pairs.WatchRatioBins(),
            Correlations = Correlations.Of(pairs),
            Comparison = comparison,
            NoComparison = noComparison,
        };
        return report with { Verdict = new VerdictRules(options).Judge(report) };
    }

    private static DataCounts CountsOf(AssessmentInput input, EventDataset events, long duplicates, PairTable pairs)
    {
        var byType = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var type = 0; type < pairs.EventsByType.Length; type++)
            if (pairs.EventsByType[type] > 0) byType[EventTypeNames.NameOf((EventType)type)] = pairs.EventsByType[type];
        foreach (var type in AuthorEventCounts.Types)
            if (input.OfAuthors[type] > 0) byType[EventTypeNames.NameOf(type)] = input.OfAuthors[type];
        var possible = (double)events.Viewers.Count * events.Videos.Count;
        return new DataCounts(
            input.Lines, input.BadLines, events.EventCount, duplicates, events.Viewers.Count, events.Videos.Count, input.CatalogVideos, input.Categories,
            pairs.Count, pairs.Positives, pairs.Negatives, possible > 0 ? pairs.Count / possible : 0, byType);
    }

    private static SortedDictionary<int, int> Steps(int[] counts) => new(s_steps.ToDictionary(s => s, s => counts.Count(c => c >= s)));
}
