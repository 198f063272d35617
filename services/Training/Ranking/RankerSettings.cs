using System.Globalization;

namespace Recommender.Training.Ranking;

/// <summary>The part of <see cref="RankerOptions"/> from which a ranker follows, as text in a manifest.</summary>
internal static class RankerSettings
{
    private const string MaxImpressions = "max_impressions";
    private const string Window = "outcome_window";
    private const string TestFraction = "test_fraction";

    /// <summary>As text.</summary>
    public static SortedDictionary<string, string> ToText(RankerOptions options) => new(StringComparer.Ordinal)
    {
        [MaxImpressions] = options.MaxImpressions.ToString(CultureInfo.InvariantCulture),
        [Window] = options.OutcomeWindow.ToString("c", CultureInfo.InvariantCulture),
        [TestFraction] = options.TestFraction.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>From text.</summary>
    /// <exception cref="FormatException">A setting is absent or no number.</exception>
    public static RankerOptions Parse(IReadOnlyDictionary<string, string> settings) => new()
    {
        MaxImpressions = int.Parse(settings.GetValueOrDefault(MaxImpressions, ""), CultureInfo.InvariantCulture),
        OutcomeWindow = TimeSpan.Parse(settings.GetValueOrDefault(Window, ""), CultureInfo.InvariantCulture),
        TestFraction = double.Parse(settings.GetValueOrDefault(TestFraction, ""), CultureInfo.InvariantCulture),
    };
}
