using Recommender.Standalone.Cli;
using Recommender.Standalone.Run;

namespace Recommender.Standalone.Opening;

/// <summary>Waits until events have reached the archive, from which training reads.</summary>
/// <param name="data">The folder.</param>
/// <param name="log">The log of this start: what earlier starts archived does not count.</param>
/// <param name="time">The clock.</param>
internal sealed class ArchiveWait(DataDirectory data, string log, TimeProvider time)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>Returns when that many events of this start are archived.</summary>
    /// <exception cref="CommandFailure">They don't arrive.</exception>
    public async Task UntilAsync(long events, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (data.CountEvents(log) is var archived && archived < events)
        {
            if (time.GetElapsedTime(started) > s_patience)
                throw new CommandFailure($"Only {archived} of {events} events have reached the archive in {s_patience.TotalMinutes:0} minutes; the log on standard error may say why.");
            await Task.Delay(s_poll, time, cancellationToken);
        }
    }
}
