using Recommender.Hosting.Artifacts;

namespace Recommender.Training.Registry;

/// <summary>
/// Several processes may change what is live: replicas that keep the registry, and a training run. The change reads, decides and writes, so one
/// takes its turn after the other, by a lock on a file of the shared folder that ends with the process.
/// </summary>
internal static class LiveLock
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for the turn; disposing the result passes it on.</summary>
    public static async Task<IDisposable> TakeAsync(ModelStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(store.RunsPath);
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(store.RunsPath, ".live-lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(s_retry, time, cancellationToken);
            }
        }
    }
}
