using System.Globalization;
using Recommender.Training.Dataset;
using Recommender.Training.Running;
using Recommender.V1;

namespace Recommender.Training.Triggers;

/// <summary>
/// Asks for a run when the interval since the last one has passed and enough new events are archived, or when very many are, whatever the
/// interval. The interval counts from the end of the last run, over restarts too, or from the start of the process when there was none.
/// </summary>
internal sealed class RetrainSchedule(
    RunBook book, SnapshotReader reader, TrainingOptions options, TimeProvider time, ILogger<RetrainSchedule> logger) : BackgroundService
{
    /// <summary>Trigger of scheduled runs.</summary>
    public const string Trigger = "schedule";

    /// <summary>Trigger of runs that the number of new events asked for.</summary>
    public const string NewEventsTrigger = "new_events";

    private static readonly TimeSpan s_longestPeriod = TimeSpan.FromMinutes(1);
    private static readonly Dictionary<string, string> s_noParameters = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Interval == TimeSpan.Zero && options.Triggers.NewEvents == 0) return;
        var started = time.GetUtcNow();
        var isShort = options.Interval > TimeSpan.Zero && options.Interval < s_longestPeriod;
        using var timer = new PeriodicTimer(isShort ? options.Interval : s_longestPeriod, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Check(started);
    }

    /// <summary>Asks for a run if one is due.</summary>
    internal void Check(DateTimeOffset started)
    {
        var runs = book.List();
        if (runs.Any(r => !TrackedRun.IsFinal(r.State))) return;
        var last = runs.Select(r => r.EndedAt?.ToDateTimeOffset()).FirstOrDefault(t => t is not null) ?? started;
        var isDue = options.Interval > TimeSpan.Zero && time.GetUtcNow() - last >= options.Interval;
        if (isDue || options.Triggers.NewEvents > 0) StartIfEventsCame(isDue);
    }

    /// <summary>Asks for a run if enough new events are archived.</summary>
    /// <param name="isDue">Whether a run is due by time; otherwise only very many events ask for one.</param>
    internal void StartIfEventsCame(bool isDue = true)
    {
        try
        {
            // An archive that shrank has changed too: viewers were forgotten, or it is another one.
            var changed = Math.Abs(reader.CountArchivedEvents() - LastArchived(book.List()));
            if (options.Triggers.NewEvents > 0 && changed >= options.Triggers.NewEvents)
                Start(NewEventsTrigger, $"{changed} events were archived since the last run, {options.Triggers.NewEvents} ask for one");
            else if (isDue && changed >= options.MinNewEvents)
                Start(Trigger, $"a run was due, and {changed} events were archived since the last one");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or QueueFullException)
        {
            ScheduleLog.NotStarted(logger, e);
        }
    }

    private void Start(string trigger, FormattableString why) =>
        book.Start("", s_noParameters, promoteIfBetter: true, trigger, why.ToString(CultureInfo.InvariantCulture));

    private static long LastArchived(IEnumerable<TrainingRun> runs) =>
        (long)(runs.Where(r => r.Metrics.ContainsKey(RunMetrics.ArchivedEvents)).Select(r => r.Metrics[RunMetrics.ArchivedEvents]).FirstOrDefault());
}

internal static partial class ScheduleLog
{
    [LoggerMessage(EventId = 6141, EventName = "ScheduledRunNotStarted", Level = LogLevel.Warning, Message = "The scheduled training run could not be started")]
    public static partial void NotStarted(ILogger logger, Exception error);
}
