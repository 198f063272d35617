using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Recommender.V1;

namespace Recommender.Standalone.Models;

/// <summary>Models in words.</summary>
internal static class ModelText
{
    /// <summary>A line per version.</summary>
    public static string Versions(IReadOnlyList<ModelVersion> versions)
    {
        if (versions.Count == 0) return "There is no model yet; 'recommender train' makes one.";
        var (names, trainers) = (Width(versions.Select(v => v.Version), "VERSION"), Width(versions.Select(v => v.Trainer), "TRAINER"));
        return string.Join('\n', versions.Select(Line).Prepend($"{"VERSION".PadRight(names)}  {"TRAINER".PadRight(trainers)}  MADE (UTC)           nDCG@20       SIZE  IS"));

        string Line(ModelVersion version) => string.Create(
            CultureInfo.InvariantCulture,
            $"{version.Version.PadRight(names)}  {version.Trainer.PadRight(trainers)}  {Time(version.CreatedAt)}  {Quality(version),7}  {version.ArtifactBytes / 1e6,6:N1} MB  {string.Join(", ", version.Aliases)}").TrimEnd();
    }

    /// <summary>A line per change of what is live, and its reason below.</summary>
    public static string History(IReadOnlyList<LiveModelChange> changes)
    {
        if (changes.Count == 0) return "No model was ever live.";
        return string.Join('\n', changes.Select((change, i) =>
            $"{change.Version}  live from {Time(change.At)} {(i == 0 ? "until now" : $"to {Time(changes[i - 1].At)}")} UTC, {change.Action.Replace('_', ' ')}\n    {change.Reason}"));
    }

    /// <summary>What is live after a change.</summary>
    public static string Live(ModelVersion version) => $"Model {version.Version} ({version.Trainer}) is live.";

    private static string Quality(ModelVersion version) =>
        version.Metrics.TryGetValue("ndcg@20", out var value) ? value.ToString("F4", CultureInfo.InvariantCulture) : "";

    private static string Time(Timestamp time) => time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static int Width(IEnumerable<string> texts, string title) => texts.Select(t => t.Length).Append(title.Length).Max();
}
