using System.Text.RegularExpressions;

namespace Recommender.Tests.Charts.Monitoring;

/// <summary>The metrics that a query names, each with the labels that it asks them for.</summary>
internal static partial class PromQl
{
    private static readonly string[] s_words =
        ["and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "offset", "bool"];

    /// <summary>Metrics of the services in a query, and the labels in their braces. Recorded ones (with a colon) are left out.</summary>
    public static IEnumerable<(string Metric, string[] Labels)> Selectors(string query)
    {
        foreach (Match match in Selector().Matches(Grouping().Replace(query, "")))
        {
            var name = match.Groups["name"].Value;
            var isCall = query[(query.IndexOf(name, StringComparison.Ordinal) + name.Length)..].StartsWith('(');
            if (isCall || s_words.Contains(name) || name.Contains(':', StringComparison.Ordinal) || !name.Contains('_', StringComparison.Ordinal)) continue;
            yield return (name, [.. Label().Matches(match.Groups["braces"].Value).Select(l => l.Groups["label"].Value)]);
        }
    }

    [GeneratedRegex(@"\b(by|without|on|ignoring)\s*\([^)]*\)")]
    private static partial Regex Grouping();

    [GeneratedRegex("(?<![\\w\"=~.$])(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<braces>\\{(?:[^{}\"]|\"[^\"]*\")*\\})?(?![\\w\"])")]
    private static partial Regex Selector();

    [GeneratedRegex("(?<label>[a-zA-Z_]\\w*)\\s*(=~|!~|!=|=)")]
    private static partial Regex Label();
}
