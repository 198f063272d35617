using System.Globalization;
using System.Text;
using Recommender.Hosting.Artifacts;
using Recommender.Training.Running;
using Recommender.V1;
using State = Recommender.V1.TrainingRun.Types.State;

namespace Recommender.Training.Mlflow;

/// <summary>Shows runs to MLflow. A disk that is full or gone stops no run: it is told in the log.</summary>
internal sealed class MlflowRuns(MlflowFolder folder, ModelStore models, TimeProvider time, ILogger<MlflowRuns> logger)
{
    private const int MaxText = 5000;

    /// <summary>Writes a run as it is now, in place of what was there. Runs that wait are not shown.</summary>
    /// <param name="stored">The run.</param>
    /// <param name="report">What it found; null when it did not get that far.</param>
    public void Write(StoredRun stored, RunReport? report)
    {
        if (stored.Run.StartedAt is null) return;
        try
        {
            lock (folder.Lock)
            {
                folder.EnsureExperiment(time.GetUtcNow());
                folder.Replace(PathOf(stored.Run.RunId), path => Fill(path, stored, report));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            MlflowLog.NotWritten(logger, stored.Run.RunId, e);
        }
    }

    /// <summary>Whether a run that has ended is shown as if it had not, or not at all: the process ended between the two.</summary>
    public bool IsBehind(string runId)
    {
        var meta = Path.Combine(PathOf(runId), MlflowFolder.Meta);
        return !File.Exists(meta) || File.ReadAllText(meta).Contains("\nstatus: 1\n", StringComparison.Ordinal);
    }

    /// <summary>Forgets a run.</summary>
    public void Delete(string runId)
    {
        try
        {
            lock (folder.Lock)
                if (Directory.Exists(PathOf(runId))) Directory.Delete(PathOf(runId), recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            MlflowLog.NotWritten(logger, runId, e);
        }
    }

    private string PathOf(string runId) => Path.Combine(folder.ExperimentPath, runId);

    private void Fill(string path, StoredRun stored, RunReport? report)
    {
        var run = stored.Run;
        var (started, ended) = (run.StartedAt.ToDateTimeOffset(), run.EndedAt?.ToDateTimeOffset());
        var name = $"{(run.Trainer.Length > 0 ? run.Trainer : "search")} {started:yyyy-MM-dd HH:mm}";
        MlflowFolder.Write(Path.Combine(path, MlflowFolder.Meta), new Yaml()
            .Add("artifact_uri", MlflowFolder.UriOf(Path.Combine(PathOf(run.RunId), "artifacts"))).AddNull("deleted_time")
            .Add("end_time", ended is { } at ? MlflowFolder.Milliseconds(at) : null).Add("entry_point_name", "").Add("experiment_id", MlflowFolder.ExperimentId)
            .Add("lifecycle_stage", "active").Add("run_id", run.RunId).Add("run_name", name).Add("run_uuid", run.RunId).Add("source_name", "")
            .Add("source_type", 4).Add("source_version", "").Add("start_time", MlflowFolder.Milliseconds(started)).Add("status", StatusOf(run))
            .AddEmptyList("tags").Add("user_id", MlflowFolder.Name).ToString());
        Directory.CreateDirectory(Path.Combine(path, "artifacts"));
        foreach (var (key, value) in run.Parameters.Where(p => !p.Key.StartsWith(RunMetrics.AboutPrefix, StringComparison.Ordinal)))
            WriteText(path, "params", key, value);
        WriteText(path, "params", "trainer", run.Trainer);
        foreach (var (key, value) in Tags(stored, report, name)) WriteText(path, "tags", key, value);
        var now = MlflowFolder.Milliseconds(ended ?? started);
        foreach (var (key, value) in run.Metrics) WriteMetric(path, key, [(now, value, 0)]);
        if (report is not null) MlflowDetails.Write(path, folder.ExperimentPath, run.RunId, started, report, models);
    }

    private static Dictionary<string, string> Tags(StoredRun stored, RunReport? report, string name)
    {
        var (run, code) = (stored.Run, report?.CodeVersion ?? About(stored.Run, "code_version"));
        var verdict = About(run, "verdict");
        var tags = new Dictionary<string, string>
        {
            ["mlflow.runName"] = name,
            ["mlflow.user"] = MlflowFolder.Name,
            ["mlflow.source.name"] = MlflowFolder.Name,
            ["mlflow.source.type"] = "LOCAL",
            ["mlflow.note.content"] = string.Join("\n\n", new[] { stored.Why, verdict, run.Error }.Where(t => t.Length > 0)),
            ["recommender.trigger"] = stored.Trigger,
            ["recommender.why"] = stored.Why,
            ["recommender.state"] = run.State.ToString().ToLowerInvariant(),
            ["recommender.interrupted"] = run.Error.StartsWith(RunBook.Interrupted, StringComparison.Ordinal) ? "true" : "false",
            ["recommender.device"] = run.Device,
            ["recommender.code_version"] = code,
            ["recommender.data_version"] = run.DataVersion,
            ["recommender.model_version"] = run.ModelVersion,
            ["recommender.start"] = About(run, "start"),
            ["recommender.started_from"] = About(run, "started_from"),
            ["recommender.started_from_sha256"] = About(run, "started_from_sha256"),
            ["recommender.verdict"] = verdict,
            ["recommender.promoted"] = About(run, "promoted"),
            ["recommender.error"] = run.Error,
        };
        if (code.Split('+') is [_, var commit]) tags["mlflow.source.git.commit"] = commit;
        return tags.Where(t => t.Value.Length > 0).ToDictionary();
    }

    private static string About(TrainingRun run, string key) => run.Parameters.TryGetValue(RunMetrics.AboutPrefix + key, out var text) ? text : "";

    /// <summary>RUNNING 1, FINISHED 3, FAILED 4, KILLED 5.</summary>
    private static long StatusOf(TrainingRun run) => run.State switch
    {
        State.Succeeded => 3,
        State.Failed => run.Error.StartsWith(RunBook.Interrupted, StringComparison.Ordinal) ? 5 : 4,
        State.Cancelled => 5,
        _ => 1,
    };

    private static void WriteText(string path, string kind, string key, string value) =>
        WriteFile(path, kind, key, value.Length <= MaxText ? value : value[..MaxText]);

    /// <summary>A line per value: time, value and step.</summary>
    internal static void WriteMetric(string path, string key, IEnumerable<(long Milliseconds, double Value, long Step)> values)
    {
        var lines = new StringBuilder();
        foreach (var (at, value, step) in values)
        {
            var text = double.IsNaN(value) ? "nan" : double.IsInfinity(value) ? (value > 0 ? "inf" : "-inf") : value.ToString("R", CultureInfo.InvariantCulture);
            lines.Append(CultureInfo.InvariantCulture, $"{at} {text} {step}\n");
        }
        if (lines.Length > 0) WriteFile(path, "metrics", key, lines.ToString());
    }

    private static void WriteFile(string path, string kind, string key, string text)
    {
        // Not through a temporary file: the whole folder is one, and whatever lies among metrics is taken for a metric.
        var file = Path.Combine(path, kind, MlflowFolder.NameOf(key));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}

internal static partial class MlflowLog
{
    [LoggerMessage(EventId = 6401, EventName = "MlflowRunNotWritten", Level = LogLevel.Warning, Message = "Training run {RunId} can't be shown to MLflow")]
    public static partial void NotWritten(ILogger logger, string runId, Exception error);

    [LoggerMessage(EventId = 6402, EventName = "MlflowModelsNotWritten", Level = LogLevel.Warning, Message = "The registered models can't be shown to MLflow")]
    public static partial void ModelsNotWritten(ILogger logger, Exception error);
}
