using System.Text.Json;
using Google.Protobuf;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Objects;
using Recommender.Training.Mlflow;
using Recommender.V1;

namespace Recommender.Training.Running;

/// <summary>A run with what the public message does not say.</summary>
/// <param name="Run">The public message; never changed in place.</param>
/// <param name="PromoteIfBetter">Whether its model may go live.</param>
/// <param name="Trigger">What asked for it, e.g. <c>request</c> or <c>schedule</c>.</param>
/// <param name="Why">Why, in plain words.</param>
/// <param name="Attempt">How many runs before it, each begun in place of the other, were interrupted.</param>
/// <param name="Origin">Trigger of the first of those; empty when there is none.</param>
internal sealed record StoredRun(TrainingRun Run, bool PromoteIfBetter, string Trigger, string Why = "", int Attempt = 0, string Origin = "")
{
    /// <summary>What asked for it in the first place.</summary>
    public string FirstTrigger => Origin.Length > 0 ? Origin : Trigger;
}

/// <summary>
/// Runs as files, or as objects of a bucket: <c>runs/{id}.json</c> holds the run, <c>runs/{id}.report.json</c> what was found on the way. One process at a time:
/// its lock tells a second one.
/// </summary>
internal sealed class RunStore(ModelStore models, TimeProvider time, ILogger<RunStore> logger, MlflowRuns? mlflow = null) : IDisposable
{
    private const string Prefix = ModelStore.RunsName + "/";
    private const string Extension = ".json";
    private const string ReportExtension = ".report.json";
    private static readonly JsonFormatter s_formatter = new(JsonFormatter.Settings.Default);
    private static readonly JsonParser s_parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(500);
    private ObjectLock? _lock;

    /// <summary>Makes the folder where there is none, at the start.</summary>
    /// <exception cref="OptionsException">It can't be made.</exception>
    public void RequireFolder()
    {
        try
        {
            Directory.CreateDirectory(models.RunsPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OptionsException($"Storage:ModelsPath must name a folder that this process can write to: {e.Message}", e);
        }
    }

    /// <summary>Takes the folder for this process and reads every run in it, oldest first.</summary>
    /// <exception cref="OptionsException">Another process trains with this folder, or it can't be made.</exception>
    public IReadOnlyList<StoredRun> Open()
    {
        RequireFolder();
        _lock = Take() ?? throw new OptionsException(models.IsRemote
            ? $"Another training process works with {models.Objects.Address}; one at a time is allowed."
            : "Storage:ModelsPath names a folder in which another training process works; one at a time is allowed.");
        var runs = ReadAll();
        if (mlflow is null) return runs;
        foreach (var run in runs.Where(r => TrackedRun.IsFinal(r.Run.State) && mlflow.IsBehind(r.Run.RunId))) mlflow.Write(run, FindReport(run.Run.RunId));
        return runs;
    }

    /// <summary>Reads every run, oldest first, whichever process works in the folder.</summary>
    public IReadOnlyList<StoredRun> ReadAll()
    {
        Directory.CreateDirectory(models.RunsPath);
        var files = models.Objects.List(Prefix).Where(o => o.Name.EndsWith(Extension, StringComparison.Ordinal) && !o.Name.EndsWith(ReportExtension, StringComparison.Ordinal));
        return [.. files.OrderBy(o => o.Name, StringComparer.Ordinal).Select(o => Read(o.Name, models.Objects.Read(o))).OfType<StoredRun>()];
    }

    /// <summary>The lock; of a process that was killed it may be left for a while.</summary>
    private ObjectLock? Take()
    {
        var patience = models.Objects.LockExpiry > TimeSpan.Zero ? models.Objects.LockExpiry + s_margin : TimeSpan.Zero;
        // Opening blocks, as file operations do: nothing else of the process begins before.
        for (var begin = time.GetTimestamp(); ; Thread.Sleep(s_retry))
        {
            if (models.Objects.TryLock(Prefix + ".lock") is { } held) return held;
            if (time.GetElapsedTime(begin) >= patience) return null;
        }
    }

    /// <summary>A run as it is stored now; null when it is not.</summary>
    public StoredRun? Find(string runId) => Read(NameOf(runId, Extension), models.Objects.Read(NameOf(runId, Extension)));

    /// <summary>As <see cref="Save"/>, but a disk that is full or gone does not stop the run: it is told in the log.</summary>
    public void TrySave(StoredRun run)
    {
        try
        {
            Save(run);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            RunStoreLog.NotSaved(logger, run.Run.RunId, e);
        }
    }

    /// <summary>Writes a run, replacing what was there.</summary>
    public void Save(StoredRun run)
    {
        models.Objects.Put(NameOf(run.Run.RunId, Extension), stream => Write(stream, run));
        mlflow?.Write(run, FindReport(run.Run.RunId));
    }

    private static void Write(Stream stream, StoredRun run)
    {
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WritePropertyName("run");
        writer.WriteRawValue(s_formatter.Format(run.Run));
        writer.WriteBoolean("promote_if_better", run.PromoteIfBetter);
        writer.WriteString("trigger", run.Trigger);
        writer.WriteString("why", run.Why);
        writer.WriteNumber("attempt", run.Attempt);
        writer.WriteString("origin", run.Origin);
        writer.WriteEndObject();
    }

    /// <summary>Writes what a run found on the way.</summary>
    public void SaveReport(RunReport report) => models.Objects.Put(
        NameOf(report.RunId, ReportExtension), JsonSerializer.SerializeToUtf8Bytes(report, RunReportJson.Default.RunReport));

    /// <summary>What a run found on the way; null when it did not get that far, or an older version of the code wrote it.</summary>
    public RunReport? FindReport(string runId)
    {
        var name = NameOf(runId, ReportExtension);
        if (models.Objects.Read(name) is not { } content) return null;
        try
        {
            return JsonSerializer.Deserialize(content, RunReportJson.Default.RunReport) is { ModelVersion: not null, Trials: not null } report ? report : null;
        }
        catch (JsonException e)
        {
            RunStoreLog.Damaged(logger, Path.GetFileName(name), e);
            return null;
        }
    }

    /// <summary>Forgets a run. Files that can't be deleted are found again at the next start.</summary>
    public void Delete(string runId)
    {
        try
        {
            mlflow?.Delete(runId);
            models.Objects.Delete(NameOf(runId, ReportExtension));
            models.Objects.Delete(NameOf(runId, Extension));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            RunStoreLog.NotDeleted(logger, runId, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock?.Dispose();

    private static string NameOf(string runId, string extension) => Prefix + runId + extension;

    private StoredRun? Read(string name, byte[]? content)
    {
        if (content is null) return null;
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            var run = s_parser.Parse<TrainingRun>(root.GetProperty("run").GetRawText());
            return new StoredRun(
                run, root.GetProperty("promote_if_better").GetBoolean(), root.GetProperty("trigger").GetString() ?? "",
                root.TryGetProperty("why", out var why) ? why.GetString() ?? "" : "", root.TryGetProperty("attempt", out var attempt) ? attempt.GetInt32() : 0,
                root.TryGetProperty("origin", out var origin) ? origin.GetString() ?? "" : "");
        }
        catch (Exception e) when (e is JsonException or InvalidJsonException or InvalidProtocolBufferException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            RunStoreLog.Damaged(logger, Path.GetFileName(name), e);
            return null;
        }
    }
}

internal static partial class RunStoreLog
{
    [LoggerMessage(EventId = 6101, EventName = "RunFileDamaged", Level = LogLevel.Warning, Message = "The run file {File} is damaged and left out")]
    public static partial void Damaged(ILogger logger, string file, Exception error);

    [LoggerMessage(EventId = 6102, EventName = "RunNotSaved", Level = LogLevel.Error, Message = "Training run {RunId} could not be written to disk")]
    public static partial void NotSaved(ILogger logger, string runId, Exception error);

    [LoggerMessage(EventId = 6103, EventName = "RunNotDeleted", Level = LogLevel.Warning, Message = "The old training run {RunId} could not be deleted from disk")]
    public static partial void NotDeleted(ILogger logger, string runId, Exception error);
}
