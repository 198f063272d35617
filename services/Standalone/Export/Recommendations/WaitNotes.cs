using System.Globalization;

namespace Recommender.Standalone.Export.Recommendations;

/// <summary>Says that requests wait, once for all that do so in the same seconds: a system at its limit of calls turns many away again and again.</summary>
/// <param name="time">The clock.</param>
/// <param name="say">Takes each sentence.</param>
internal sealed class WaitNotes(TimeProvider time, Action<string> say)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);
    private readonly Lock _sync = new();
    private long? _lastSaid;

    /// <summary>Notes a wait.</summary>
    /// <param name="delay">Its length.</param>
    public void Note(TimeSpan delay)
    {
        lock (_sync)
        {
            if (_lastSaid is { } last && time.GetElapsedTime(last) < s_pause) return;
            _lastSaid = time.GetTimestamp();
        }
        say(string.Create(CultureInfo.InvariantCulture, $"the system does not answer now, or not so many at a time (--concurrency); trying again in {delay.TotalSeconds:0.#} s"));
    }
}
