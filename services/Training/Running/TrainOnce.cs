using Recommender.Hosting;
using Recommender.Training.Publishing;
using Recommender.Training.Triggers;
using Recommender.V1;

namespace Recommender.Training.Running;

/// <summary>
/// Trains and ends the process, as a Job does: first lists that a change of the live model left to be written, then the runs that wait, or one of
/// its own when there are new events. The process fails when a run failed, or when it was told to stop before the end.
/// </summary>
internal sealed class TrainOnce(
    RunBook book, TrainingWorker worker, RetrainSchedule schedule, ListRefresh lists, IHostApplicationLifetime lifetime, HostProblem process) : BackgroundService
{
    /// <summary>What a process returns whose training failed.</summary>
    private const int Failed = 1;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        process.ExitCode = Failed;
        await StartedAsync(stoppingToken);
        await lists.CatchUpAsync(stoppingToken);
        if (book.Waiting == 0) schedule.StartIfEventsCame();
        var outcome = 0;
        while (book.Waiting > 0)
        {
            var run = await book.NextAsync(stoppingToken);
            await worker.WorkAsync(run, stoppingToken);
            if (run.Current.State == TrainingRun.Types.State.Failed) outcome = Failed;
        }
        process.ExitCode = outcome;
        lifetime.StopApplication();
    }

    /// <summary>A process that finds nothing to do must not end in the middle of its start.</summary>
    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }
}
