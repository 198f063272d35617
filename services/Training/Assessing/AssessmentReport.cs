using System.Text.Json.Serialization;
using Recommender.Modeling.Evaluation;
using Recommender.Training.Dataset;

namespace Recommender.Training.Assessing;

/// <summary>Whether a model is worth it for some data, and why.</summary>
internal sealed record AssessmentReport
{
    /// <summary>What was looked at.</summary>
    public required string Source { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>Version of the code.</summary>
    public required string CodeVersion { get; init; }

    /// <summary>Hash of the data's content.</summary>
    public required string DataVersion { get; init; }

    /// <summary>The decision and its reasons.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>How much there is.</summary>
    public required DataCounts Counts { get; init; }

    /// <summary>How activity is spread over viewers.</summary>
    public required Concentration Activity { get; init; }

    /// <summary>How popularity is spread over videos.</summary>
    public required Concentration Popularity { get; init; }

    /// <summary>Viewers with at least so many liked or watched videos, by that number.</summary>
    public required IReadOnlyDictionary<int, int> ViewersWithHistory { get; init; }

    /// <summary>Videos that at least so many viewers liked or watched, by that number.</summary>
    public required IReadOnlyDictionary<int, int> VideosWithHistory { get; init; }

    /// <summary>Checks on types and ranges: how often each found something.</summary>
    public required IReadOnlyDictionary<string, long> Checks { get; init; }

    /// <summary>The first lines that could not be used, and why.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>When things happened; null when the data does not say.</summary>
    public required TimeCoverage? Time { get; init; }

    /// <summary>Viewers who do not behave like people.</summary>
    public required Outliers Outliers { get; init; }

    /// <summary>Minimum, mean, quantiles and maximum of each signal.</summary>
    public required IReadOnlyDictionary<string, Distribution> Signals { get; init; }

    /// <summary>Histogram of watch ratios.</summary>
    public required IReadOnlyList<Bin> WatchRatios { get; init; }

    /// <summary>How signals go together, over pairs of viewer and video.</summary>
    public required IReadOnlyList<Correlation> Correlations { get; init; }

    /// <summary>Popularity against the simplest personal model; null when they can't be compared.</summary>
    public required Comparison? Comparison { get; init; }

    /// <summary>Why there is no comparison; empty when there is one.</summary>
    public required string NoComparison { get; init; }
}

/// <summary>The decision.</summary>
/// <param name="Decision"><c>go</c>, <c>go_with_care</c> or <c>no_go</c>.</param>
/// <param name="Headline">The decision in one sentence.</param>
/// <param name="Reasons">What speaks for it.</param>
/// <param name="Cautions">What to look at first.</param>
internal sealed record Verdict(string Decision, string Headline, IReadOnlyList<string> Reasons, IReadOnlyList<string> Cautions);

/// <summary>How much there is.</summary>
/// <param name="Lines">Lines or rows read.</param>
/// <param name="BadLines">Those that could not be used.</param>
/// <param name="Events">Events, repetitions left out.</param>
/// <param name="Duplicates">Events left out since their id came before.</param>
/// <param name="Viewers">Viewers.</param>
/// <param name="Videos">Videos with an event.</param>
/// <param name="CatalogVideos">Videos that the catalog describes.</param>
/// <param name="Categories">Distinct tags of the catalog.</param>
/// <param name="Pairs">Distinct pairs of viewer and video.</param>
/// <param name="Positives">Pairs that count as liked or watched.</param>
/// <param name="Negatives">Pairs that count as disliked.</param>
/// <param name="Density">Pairs over all possible pairs.</param>
/// <param name="EventsByType">Events by type, those about authors included, which are about no video.</param>
internal sealed record DataCounts(
    long Lines, long BadLines, long Events, long Duplicates, int Viewers, int Videos, int CatalogVideos, int Categories, long Pairs, long Positives, long Negatives,
    double Density, IReadOnlyDictionary<string, long> EventsByType);

/// <summary>How something is spread over its owners.</summary>
/// <param name="Spread">Number per owner.</param>
/// <param name="Gini">0: all have the same; 1: one has everything.</param>
/// <param name="TopPercentShare">Share of the top one percent of the owners.</param>
/// <param name="TopTenthShare">Share of the top tenth.</param>
/// <param name="Histogram">Owners by number, in bins that double.</param>
/// <param name="Lorenz">Share that the smallest 0, 5, 10 ... 100 % of the owners have together.</param>
internal sealed record Concentration(
    Distribution Spread, double Gini, double TopPercentShare, double TopTenthShare, IReadOnlyList<Bin> Histogram, IReadOnlyList<double> Lorenz);

/// <summary>A bar of a histogram.</summary>
/// <param name="Label">What it covers.</param>
/// <param name="Count">How many.</param>
internal sealed record Bin(string Label, long Count);

/// <summary>When things happened.</summary>
/// <param name="From">First event, UTC.</param>
/// <param name="To">Last event, UTC.</param>
/// <param name="Days">Days from the first to the last, both counted.</param>
/// <param name="DaysWithEvents">Days with any event.</param>
/// <param name="Gaps">The longest times in which nothing happened, longest first.</param>
/// <param name="SameTimeShare">Share of the events at the one most frequent moment, to the second: an import, if large.</param>
/// <param name="ByPeriod">Events by day, or by longer periods when there are many days.</param>
/// <param name="ByHour">Events by hour of the day, UTC.</param>
internal sealed record TimeCoverage(
    DateTimeOffset From, DateTimeOffset To, int Days, int DaysWithEvents, IReadOnlyList<Gap> Gaps, double SameTimeShare, IReadOnlyList<Bin> ByPeriod, IReadOnlyList<long> ByHour);

/// <summary>A time in which nothing happened.</summary>
/// <param name="From">The last event before, UTC.</param>
/// <param name="Hours">How long.</param>
internal sealed record Gap(DateTimeOffset From, double Hours);

/// <summary>Viewers who do not behave like people.</summary>
/// <param name="Viewers">How many.</param>
/// <param name="EventShare">Their share of the events.</param>
/// <param name="Examples">The most active of them, and what is odd.</param>
internal sealed record Outliers(int Viewers, double EventShare, IReadOnlyList<Outlier> Examples);

/// <summary>One of them.</summary>
/// <param name="ViewerId">The viewer.</param>
/// <param name="Events">Events.</param>
/// <param name="Why">What is odd.</param>
internal sealed record Outlier(string ViewerId, int Events, string Why);

/// <summary>How two signals go together.</summary>
/// <param name="First">One.</param>
/// <param name="Second">The other.</param>
/// <param name="Pairs">Pairs of viewer and video that were looked at.</param>
/// <param name="Pearson">Pearson's coefficient; null when a signal never varies.</param>
/// <param name="Spearman">The same of ranks.</param>
/// <param name="Note">Why there is none; empty when there is one.</param>
internal sealed record Correlation(string First, string Second, long Pairs, double? Pearson, double? Spearman, string Note);

/// <summary>Popularity against the simplest personal model, both learned from the older events and judged by the newer ones.</summary>
/// <param name="Split">How events were held out, <c>time</c> or <c>last_per_viewer</c>.</param>
/// <param name="Viewers">Viewers judged by, a sample of those below when there are very many.</param>
/// <param name="AllViewers">Viewers who liked or watched something new among the newer events.</param>
/// <param name="Personal">What the personal model is.</param>
/// <param name="Metrics">By metric: popularity, the personal model and the difference, each with its interval.</param>
internal sealed record Comparison(string Split, int Viewers, int AllViewers, string Personal, IReadOnlyDictionary<string, ComparedMetric> Metrics);

/// <summary>One metric of both.</summary>
/// <param name="Popularity">Of popularity.</param>
/// <param name="Personal">Of the personal model.</param>
/// <param name="Gain">Difference, viewer by viewer.</param>
internal sealed record ComparedMetric(BootstrapInterval Popularity, BootstrapInterval Personal, BootstrapInterval Gain);

/// <summary>JSON form of the report; snake_case, indented, since people read it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(AssessmentReport))]
internal sealed partial class AssessmentJson : JsonSerializerContext;
