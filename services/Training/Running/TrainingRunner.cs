using Recommender.Hosting;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Popularity;
using Recommender.Training.Dataset;
using Recommender.Training.Judging;
using Recommender.Training.Publishing;
using Recommender.Training.Ranking;
using Recommender.Training.Registry;
using Recommender.Training.Split;
using Recommender.Training.Triggers;

namespace Recommender.Training.Running;

/// <summary>
/// One run from the archive to the live model: read, split by time, try candidates and the live model's recipe, train the best one on
/// everything, learn the ranker, save both, and if the model may, fill the lists and make it live.
/// </summary>
internal sealed class TrainingRunner(
    SnapshotReader reader, RunPlanner planner, TrialRunner trials, RankerStage ranking, RunStore store, ModelStore models, ModelRegistry registry, ListWriter lists,
    ServiceIdentity identity, TrainingOptions options, TimeProvider time, ILogger<TrainingRunner> logger)
{
    // Shares of a run's progress; training costs a unit per pass.
    private const double ReadingShare = 0.2;
    private const double ListShare = 0.1;
    private readonly SortableIds _versions = new(time);
    private readonly PromotionGate _gate = new(options.Gate);

    /// <summary>Executes a run; whatever it finds is in the run when it ends.</summary>
    /// <exception cref="RunPlanException">The wish can't be met; for runs that waited over a change of the configuration.</exception>
    /// <exception cref="TrainingDataException">There is too little data.</exception>
    /// <exception cref="InvalidDataException">An archive file is damaged.</exception>
    public async Task ExecuteAsync(TrackedRun run, CancellationToken cancellationToken)
    {
        var (started, memory) = (time.GetTimestamp(), new PeakMemory());
        var plan = planner.Plan(run.Current.Trainer, run.Current.Parameters);
        var isFree = run.Current.Trainer.Length == 0;
        run.Change(r => RunText.Begin(r, run.Stored, identity.Version));
        var baseline = plan.FirstOrDefault(r => r.Trainer == PopularityTrainer.TrainerName) ?? planner.Default(PopularityTrainer.TrainerName, plan[0].Weights);
        var live = run.Stored.PromoteIfBetter ? models.List().FirstOrDefault(m => m.Version == registry.LiveVersion) : null;
        var championRecipe = live is null ? null : RunPlanner.Repeat(live);
        Recipe[] compared = plan.Any(baseline.Makes) ? [.. plan] : [baseline, .. plan];
        Recipe[] tried = championRecipe is null || compared.Any(championRecipe.Makes) ? compared : [championRecipe, .. compared];
        var passes = tried.Sum(r => r.Iterations) + plan.Max(r => r.Iterations);
        var meter = new ProgressMeter(1, share =>
        {
            memory.Look();
            run.Change(r => r.Progress = share);
        });
        double Cost(Recipe recipe) => recipe.Iterations * (1 - ReadingShare - ListShare) / passes;

        var snapshot = await reader.ReadAsync(meter.Step(ReadingShare), cancellationToken);
        run.Change(r =>
        {
            r.DataVersion = snapshot.Version;
            r.Metrics[RunMetrics.ArchivedEvents] = snapshot.ArchivedEvents;
        });
        RunnerLog.SnapshotTaken(logger, snapshot.Events.EventCount, snapshot.Events.Viewers.Count, snapshot.Events.Videos.Count, snapshot.Version);
        var signals = SignalReport.Of(snapshot.Events, plan[0].Weights, cancellationToken);
        var words = SignalReport.InWords(signals);
        RunnerLog.Signals(logger, words);
        var split = EvaluationSplit.Make(
            snapshot.Events, plan[0].Weights, new SplitLimits(options.TestFraction, options.MinViewers, options.MinVideosPerViewer), cancellationToken);
        var segments = new TestSegments(split.TrainingData(snapshot.Events, plan[0].Weights, cancellationToken).Interactions, options.Gate);

        var results = tried.Select(r => trials.Try(r, snapshot.Events, split, segments, meter.Step(Cost(r)), cancellationToken)).ToArray();
        Trial Of(Recipe recipe) => results.First(t => t.Recipe.Makes(recipe));
        var champion = live is null ? null : new Champion(live.Version, live.DataVersion, championRecipe is null ? null : Of(championRecipe), IsDamaged(live));
        // Serving folds new events into factors: trainers without any are compared and reported, and never go live.
        var best = plan.Where(r => TrainerRegistry.IsServable(r.Trainer)).DefaultIfEmpty(baseline).Select(Of).MaxBy(t => t.Score)!;
        // A free choice that noise may have made keeps to the live recipe, on newer data.
        if (isFree && champion is not null && _gate.PrefersChampion(best, champion, snapshot.Version)) best = champion.Trial!;
        var verdict = _gate.Judge(best, Of(baseline), champion, snapshot.Version).Beside(plan.Where(r => !TrainerRegistry.IsServable(r.Trainer)).Select(Of));
        if (!run.Stored.PromoteIfBetter) verdict = verdict with { Promote = false, Reason = "not asked to go live; " + verdict.Reason };

        var data = TrainingMatrices.Build(snapshot.Events, best.Recipe, counts: null, cancellationToken);
        var start = TrainingStart.Choose(options, run.Stored.FirstTrigger, live, championRecipe?.Makes(best.Recipe) == true, snapshot);
        if (start.From is { } from)
        {
            data = data with { WarmStart = TryRead(from, snapshot.Events.Videos) };
            if (data.WarmStart is null) start = TrainingStart.AtRandom($"the factors of {from.Version} can't be read");
        }
        run.Change(r => RunText.Start(r, start));
        var (model, epochSeconds) = trials.Train(best.Recipe, data, meter.Step(Cost(best.Recipe)), cancellationToken);
        run.Change(r => r.Device = model.Device);
        memory.Look();
        var metrics = RunMetrics.Of(best, compared.Select(Of), champion?.Trial, split, snapshot, data, epochSeconds);
        (metrics["run_seconds"], metrics["peak_memory_bytes"]) = (time.GetElapsedTime(started).TotalSeconds, memory.Bytes);
        var ranker = await ranking.RunAsync(snapshot, cancellationToken);
        foreach (var (name, value) in ranker.Report.Metrics) metrics["ranker_" + name] = value;
        var manifest = Save(run, model, best.Recipe, start.From, snapshot, ranker, metrics, cancellationToken);
        run.Change(r =>
        {
            RunMetrics.Describe(r, manifest);
            RunText.Rank(r, ranker.Report);
            RunText.End(r, verdict);
        });
        store.SaveReport(new RunReport(
            run.Current.RunId, run.Stored.Trigger, run.Stored.Why, identity.Version, run.Current.Device, metrics["run_seconds"], memory.Bytes,
            snapshot.Version, snapshot.Ranges, snapshot.Counts, signals, split.HoldOut.Name,
            [.. results.Select(t => RunMetrics.Report(t, plan, championRecipe))], manifest.Version, verdict.Promote, verdict.Reason, verdict.Checks,
            InputProfile.Of(snapshot.Events, model.ItemPopularity.Span), start.From, ranker.Report));
        RunnerLog.Verdict(logger, manifest.Version, verdict.Promote ? "goes live" : "does not go live", verdict.Reason);
        if (verdict.Promote) await GoLiveAsync(run, model, manifest.Version, verdict.Reason, snapshot, data, meter.Step(ListShare), cancellationToken);
        registry.DeleteOldest();
    }

    private WarmStart? TryRead(ModelStart start, IReadOnlyList<string> videos)
    {
        try
        {
            return StoredFactors.Read(models, start, videos);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // A damaged live model is all the more reason to make another one.
            RunnerLog.NotContinued(logger, start.Version, e.Message);
            return null;
        }
    }

    // What answers now goes on from memory, but nobody could begin with it.
    private bool IsDamaged(ModelManifest live)
    {
        try
        {
            models.Verify(live);
            return false;
        }
        catch (InvalidDataException e)
        {
            RunnerLog.LiveDamaged(logger, e.Message);
            return true;
        }
    }

    private ModelManifest Save(
        TrackedRun run, IScoringModel model, Recipe recipe, ModelStart? startedFrom, Snapshot snapshot, RankerResult ranker, IReadOnlyDictionary<string, double> metrics,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var manifest = new ModelManifest
        {
            Version = _versions.Next(),
            RunId = run.Current.RunId,
            // What a search found is repeated as found, and served as what it is.
            Trainer = model.Trainer,
            Parameters = model.Parameters,
            RequestedParameters = recipe.Trainer == model.Trainer ? recipe.Parameters : model.Parameters,
            Weights = recipe.Weights.ToSettings(),
            DataVersion = snapshot.Version,
            DataRanges = snapshot.Ranges,
            StartedFrom = startedFrom,
            Ranker = ranker.Origin,
            CodeVersion = identity.Version,
            Metrics = metrics,
            CreatedAt = time.GetUtcNow(),
            Items = model.ItemCount,
            Factors = model.ItemFactors?.Factors ?? 0,
            Files = [],
        };
        return registry.Add(manifest, ModelFiles.Writers(model, snapshot.Events, ranker.Graph));
    }

    private async Task GoLiveAsync(
        TrackedRun run, IScoringModel model, string version, string reason, Snapshot snapshot, TrainingData data, Action<double> progress,
        CancellationToken cancellationToken)
    {
        var written = await lists.WriteAsync(model, version, snapshot, data, progress, cancellationToken);
        TrainingMetrics.ListsWritten(written);
        run.Change(r => r.Metrics["lists"] = written);
        await registry.PromoteAsync(version, reason, hasLists: true, cancellationToken);
    }
}

internal static partial class RunnerLog
{
    [LoggerMessage(EventId = 6121, EventName = "SnapshotTaken", Level = LogLevel.Information,
        Message = "Training on {Events} events of {Viewers} viewers and {Videos} videos, data version {Version}")]
    public static partial void SnapshotTaken(ILogger logger, long events, int viewers, int videos, string version);

    [LoggerMessage(EventId = 6122, EventName = "Signals", Level = LogLevel.Information, Message = "Signals: {Report}")]
    public static partial void Signals(ILogger logger, string report);

    [LoggerMessage(EventId = 6128, EventName = "LiveDamaged", Level = LogLevel.Error, Message = "What is live can't be used, so its recipe may go live again: {Problem}")]
    public static partial void LiveDamaged(ILogger logger, string problem);

    [LoggerMessage(EventId = 6126, EventName = "NotContinued", Level = LogLevel.Error, Message = "The run can't begin with the factors of the live model {Version} and begins at random: {Problem}")]
    public static partial void NotContinued(ILogger logger, string version, string problem);

    [LoggerMessage(EventId = 6123, EventName = "Verdict", Level = LogLevel.Information, Message = "Model {Version} {Outcome}: {Reason}")]
    public static partial void Verdict(ILogger logger, string version, string outcome, string reason);
}
