using Grpc.Core;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Sending;

/// <summary>
/// How long to keep trying while the system is out of reach. It must have been reached once: nobody waits for a system that was never started.
/// </summary>
/// <param name="address">The system, for the message at the end.</param>
/// <param name="time">The clock.</param>
/// <param name="onWait">Told of each wait, with its length.</param>
internal sealed class Patience(ServerAddress address, TimeProvider time, Action<TimeSpan> onWait)
{
    /// <summary>Longest time without any answer.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(5);
    private long? _lastAnswer;
    private int _failures;

    /// <summary>The system answered.</summary>
    public void Answered()
    {
        _lastAnswer = time.GetTimestamp();
        _failures = 0;
    }

    /// <summary>Waits before the next try: for as long as the server asked, otherwise longer each time.</summary>
    /// <exception cref="CommandFailure">Trying again makes no sense: it is another error, the system was never there, or patience has run out.</exception>
    public async Task WaitAsync(RpcException error, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var asked = Door.RetryDelay(error);
        var isPassing = error.StatusCode == StatusCode.Unavailable || (error.StatusCode == StatusCode.ResourceExhausted && asked is not null);
        if (!isPassing || (_lastAnswer is null && asked is null)) throw Door.Failure(error, address);
        _lastAnswer ??= time.GetTimestamp();
        if (time.GetElapsedTime(_lastAnswer.Value) > Limit)
            throw new CommandFailure($"The system at {address} has not answered for {Limit.TotalMinutes:0} minutes; what it acknowledged is kept.", ExitCode.Failed, error);
        var delay = asked ?? s_firstDelay * Math.Pow(2, Math.Min(_failures, 10));
        if (delay > s_longestDelay) delay = s_longestDelay;
        _failures++;
        onWait(delay);
        await Task.Delay(delay, time, cancellationToken);
    }
}
