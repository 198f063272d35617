using Recommender.Hosting.Artifacts;

namespace Recommender.Training.Registry;

/// <summary>
/// Several processes may change what is live: replicas that keep the registry, and a training run. The change reads, decides and writes, so one
/// takes its turn after the other, by a lock that they share.
/// </summary>
internal static class LiveLock
{
    private const string Name = $"{ModelStore.RunsName}/.live-lock";
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for the turn; disposing the result passes it on.</summary>
    public static async Task<IDisposable> TakeAsync(ModelStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (store.Objects.TryLock(Name) is { } held) return held;
            await Task.Delay(store.IsRemote ? 10 * s_retry : s_retry, time, cancellationToken);
        }
    }
}
