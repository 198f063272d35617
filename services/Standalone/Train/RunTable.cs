using System.Globalization;
using Recommender.V1;

namespace Recommender.Standalone.Train;

/// <summary>Training runs in words.</summary>
internal static class RunTable
{
    /// <summary>Two lines per run: what it is and, below, what came of it.</summary>
    public static string Of(IReadOnlyList<TrainingRun> runs)
    {
        if (runs.Count == 0) return "There is no run yet; 'recommender train' starts one.";
        return string.Join('\n', runs.Select(run => $"{run.RunId}  {string.Join(", ", Facts(run))}{Outcome(run)}"));
    }

    private static IEnumerable<string> Facts(TrainingRun run)
    {
        yield return run.State.ToString().ToLowerInvariant();
        if (run.Trainer.Length > 0) yield return run.Trainer;
        if (run.Parameters.TryGetValue("run.trigger", out var trigger)) yield return $"trigger {trigger}";
        if (run.StartedAt is { } started) yield return started.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        if (run.Metrics.TryGetValue("ndcg@20", out var quality)) yield return string.Create(CultureInfo.InvariantCulture, $"ndcg@20 {quality:F4}");
        if (run.ModelVersion.Length > 0) yield return $"model {run.ModelVersion}";
    }

    private static string Outcome(TrainingRun run)
    {
        if (run.Error.Length > 0) return "\n    " + run.Error;
        if (!run.Parameters.TryGetValue("run.verdict", out var verdict)) return "";
        return $"\n    {(run.Parameters.GetValueOrDefault("run.promoted") == "true" ? "went live" : "did not go live")}: {verdict}";
    }
}
