using Recommender.Training.Dataset;
using Recommender.V1;

namespace Recommender.Training.Running;

/// <summary>
/// Asks for a run when the interval since the last one has passed and enough new events are archived. The interval counts from the end of the
/// last run, over restarts too, or from the start of the process when there was none.
/// </summary>
internal sealed class RetrainSchedule(
    RunBook book, SnapshotReader reader, TrainingOptions options, TimeProvider time, ILogger<RetrainSchedule> logger) : BackgroundService
{
    /// <summary>Trigger of scheduled runs.</summary>
    public const string Trigger = "schedule";

    private static readonly TimeSpan s_longestPeriod = TimeSpan.FromMinutes(1);
    private static readonly Dictionary<string, string> s_noParameters = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Interval == TimeSpan.Zero) return;
        var started = time.GetUtcNow();
        using var timer = new PeriodicTimer(options.Interval < s_longestPeriod ? options.Interval : s_longestPeriod, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Check(started);
    }

    /// <summary>Asks for a run if one is due.</summary>
    internal void Check(DateTimeOffset started)
    {
        var runs = book.List();
        if (runs.Any(r => !TrackedRun.IsFinal(r.State))) return;
        var last = runs.Select(r => r.EndedAt?.ToDateTimeOffset()).FirstOrDefault(t => t is not null) ?? started;
        if (time.GetUtcNow() - last >= options.Interval) StartIfEventsCame();
    }

    /// <summary>Asks for a run if enough new events are archived.</summary>
    internal void StartIfEventsCame()
    {
        try
        {
            var archived = reader.CountArchivedEvents();
            // An archive that shrank has changed too: viewers were forgotten, or it is another one.
            if (Math.Abs(archived - LastArchived(book.List())) >= options.MinNewEvents) book.Start("", s_noParameters, promoteIfBetter: true, Trigger);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or QueueFullException)
        {
            ScheduleLog.NotStarted(logger, e);
        }
    }

    private static long LastArchived(IEnumerable<TrainingRun> runs) =>
        (long)(runs.Where(r => r.Metrics.ContainsKey(RunMetrics.ArchivedEvents)).Select(r => r.Metrics[RunMetrics.ArchivedEvents]).FirstOrDefault());
}

internal static partial class ScheduleLog
{
    [LoggerMessage(EventId = 6141, EventName = "ScheduledRunNotStarted", Level = LogLevel.Warning, Message = "The scheduled training run could not be started")]
    public static partial void NotStarted(ILogger logger, Exception error);
}
