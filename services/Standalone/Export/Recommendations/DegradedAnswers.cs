using Recommender.V1;

namespace Recommender.Standalone.Export.Recommendations;

/// <summary>
/// Asks again where an answer is less than a healthy system gives: nobody waits on screen for an export, so a slow moment of Redis must not become what a viewer's row
/// says. When no answer has been whole for <see cref="Patience"/>, the system is taken to be so, and each viewer is asked once until one is.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class DegradedAnswers(TimeProvider time)
{
    /// <summary>How long degraded answers are taken to be passing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Some ten seconds: one viewer whose answer stays degraded while others are whole does not hold the file up for longer.
    private const int Tries = 13;
    private static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(1);
    private readonly Lock _sync = new();
    private long? _lastWhole;

    /// <summary>The best of some tries.</summary>
    /// <param name="ask">Asks once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<RecommendResponse> AskAsync(Func<Task<RecommendResponse>> ask, CancellationToken cancellationToken)
    {
        lock (_sync) _lastWhole ??= time.GetTimestamp();
        var best = await ask();
        var delay = s_firstDelay;
        for (var tries = 1; best.Degradation != Degradation.None && tries < Tries && IsPassing(); tries++)
        {
            await Task.Delay(delay, time, cancellationToken);
            delay = delay * 2 < s_longestDelay ? delay * 2 : s_longestDelay;
            var next = await ask();
            // The values are in the order of what is lost.
            if (next.Degradation <= best.Degradation) best = next;
        }
        if (best.Degradation == Degradation.None)
        {
            lock (_sync) _lastWhole = time.GetTimestamp();
        }
        return best;
    }

    private bool IsPassing()
    {
        lock (_sync) return time.GetElapsedTime(_lastWhole!.Value) < Patience;
    }
}
