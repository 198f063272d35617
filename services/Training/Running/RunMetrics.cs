using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Trainers;
using Recommender.Training.Dataset;
using Recommender.Training.Judging;
using Recommender.Training.Split;
using Recommender.V1;

namespace Recommender.Training.Running;

/// <summary>What a run tells about itself in numbers.</summary>
internal static class RunMetrics
{
    /// <summary>Name of the number of archived offsets of events that a run has read.</summary>
    public const string ArchivedEvents = "archived_events";

    /// <summary>What the keys begin with that say among a run's parameters how it came about and ended: <c>run.trigger</c>, <c>run.verdict</c>.</summary>
    public const string AboutPrefix = "run.";

    /// <summary>
    /// Metrics of the chosen recipe under their own names, with the ends of their intervals (<c>ndcg@20_low</c>) and its segments; of every
    /// candidate and of the baseline with the trainer's name before them (<c>popularity_ndcg@20</c>), of the live model's recipe with
    /// <c>champion_</c>, then counts of the data and seconds.
    /// </summary>
    public static SortedDictionary<string, double> Of(
        Trial best, IEnumerable<Trial> compared, Trial? champion, EvaluationSplit split, Snapshot snapshot, TrainingData data, double epochSeconds)
    {
        var metrics = new SortedDictionary<string, double>(best.Result.Metrics.ToDictionary(), StringComparer.Ordinal);
        foreach (var (name, interval) in best.Intervals) (metrics[name + "_low"], metrics[name + "_high"]) = (interval.Low, interval.High);
        foreach (var (name, value) in best.Audit.Segments) metrics[name] = value;
        (metrics["model_bytes"], metrics["scoring_milliseconds"]) = (best.Audit.Bytes, best.Audit.ScoringMilliseconds);
        foreach (var trial in compared)
            foreach (var (name, value) in trial.Result.Metrics) metrics[$"{trial.Recipe.Trainer}_{name}"] = value;
        if (champion is not null)
            foreach (var (name, value) in champion.Result.Metrics) metrics[$"champion_{name}"] = value;
        metrics[ArchivedEvents] = snapshot.ArchivedEvents;
        metrics["epoch_seconds"] = epochSeconds;
        metrics["events"] = snapshot.Events.EventCount;
        metrics["viewers"] = snapshot.Events.Viewers.Count;
        metrics["videos"] = snapshot.Events.Videos.Count;
        metrics["interactions"] = data.Interactions.Count;
        metrics["negatives"] = data.Negatives?.Count ?? 0;
        metrics["duplicate_events"] = snapshot.Counts.Duplicates;
        metrics["unreadable_rows"] = snapshot.Counts.Unreadable;
        metrics["test_viewers"] = split.TestViewers;
        metrics["test_pairs"] = split.Relevant.Count;
        return metrics;
    }

    /// <summary>Writes what a run chose and made into its message.</summary>
    public static void Describe(TrainingRun run, ModelManifest made)
    {
        run.Trainer = made.Trainer;
        foreach (var key in run.Parameters.Keys.Where(k => !k.StartsWith(AboutPrefix, StringComparison.Ordinal)).ToArray()) run.Parameters.Remove(key);
        foreach (var (key, value) in made.Parameters) run.Parameters[key] = value;
        foreach (var (key, value) in made.Weights) run.Parameters[RunPlanner.WeightPrefix + key] = value;
        foreach (var (name, value) in made.Metrics) run.Metrics[name] = value;
        run.ModelVersion = made.Version;
    }

    /// <summary>A trial as the report shows it.</summary>
    public static TrialReport Report(Trial trial, IReadOnlyList<Recipe> candidates, Recipe? champion)
    {
        var role = candidates.Any(trial.Recipe.Makes) ? "candidate" : champion is not null && trial.Recipe.Makes(champion) ? "champion" : "baseline";
        return new TrialReport(
            role, trial.Recipe.Trainer, trial.Recipe.Parameters, trial.Recipe.Weights.ToSettings(), trial.Result.Metrics, trial.Intervals,
            trial.Audit.Segments, trial.EpochSeconds, trial.Curve, trial.Audit.Bytes, trial.Audit.ScoringMilliseconds);
    }
}
