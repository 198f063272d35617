using Recommender.Hosting.Telemetry;
using Recommender.Modeling.Trainers;
using Recommender.V1;

namespace Recommender.Training.Running;

/// <summary>Executes runs, one at a time, in the order in which they were asked for.</summary>
internal sealed class TrainingWorker(RunBook book, TrainingRunner runner, ArchiveTurn turn, ILogger<TrainingWorker> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var run = await book.NextAsync(stoppingToken);
            await WorkAsync(run, stoppingToken);
        }
    }

    /// <summary>Executes one run to its end.</summary>
    /// <exception cref="OperationCanceledException">The process stops; the run is begun again at the next start.</exception>
    internal async Task WorkAsync(TrackedRun run, CancellationToken stoppingToken)
    {
        // Training computes for long stretches without awaiting anything.
        await Task.Factory.StartNew(
            () => ExecuteAsync(run, stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        stoppingToken.ThrowIfCancellationRequested();
        TrainingMetrics.RunEnded(run.Current);
        WorkerLog.RunEnded(logger, run.Current.RunId, run.Current.State, run.Current.Error);
    }

    private async Task ExecuteAsync(TrackedRun run, CancellationToken stoppingToken)
    {
        using var activity = RecommenderTelemetry.ActivitySource.StartActivity("training.run");
        activity?.SetTag("recommender.run_id", run.Current.RunId);
        WorkerLog.RunStarted(logger, run.Current.RunId);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(run.Cancelled, stoppingToken);
        try
        {
            using var held = await turn.TakeAsync(cancellation.Token);
            await runner.ExecuteAsync(run, cancellation.Token);
            book.Finish(run, TrainingRun.Types.State.Succeeded, "");
        }
        catch (OperationCanceledException) when (run.Cancelled.IsCancellationRequested)
        {
            book.Finish(run, TrainingRun.Types.State.Cancelled, "");
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // It stays as it is on disk, as after a crash: the next start begins another in its place.
            WorkerLog.RunInterrupted(logger, run.Current.RunId);
        }
        catch (Exception e) when (e is TrainingDataException or ParameterException or RunPlanException or InvalidDataException or Registry.PromotionException)
        {
            book.Finish(run, TrainingRun.Types.State.Failed, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            WorkerLog.RunFailed(logger, run.Current.RunId, e);
            book.Finish(run, TrainingRun.Types.State.Failed, $"files could not be read or written: {e.Message}");
        }
#pragma warning disable CA1031 // A run that fails must not end the ones behind it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            WorkerLog.RunFailed(logger, run.Current.RunId, e);
            book.Finish(run, TrainingRun.Types.State.Failed, "internal error; the log of the training service says more");
        }
    }
}

internal static partial class WorkerLog
{
    [LoggerMessage(EventId = 6131, EventName = "RunStarted", Level = LogLevel.Information, Message = "Training run {RunId} started")]
    public static partial void RunStarted(ILogger logger, string runId);

    [LoggerMessage(EventId = 6132, EventName = "RunEnded", Level = LogLevel.Information, Message = "Training run {RunId} {State} {Error}")]
    public static partial void RunEnded(ILogger logger, string runId, TrainingRun.Types.State state, string error);

    [LoggerMessage(EventId = 6134, EventName = "RunInterrupted", Level = LogLevel.Information, Message = "Training run {RunId} is interrupted; the next start begins it again")]
    public static partial void RunInterrupted(ILogger logger, string runId);

    [LoggerMessage(EventId = 6133, EventName = "RunFailed", Level = LogLevel.Error, Message = "Training run {RunId} failed unexpectedly")]
    public static partial void RunFailed(ILogger logger, string runId, Exception error);
}
