using System.Text;

namespace Recommender.Hosting.Objects;

/// <summary>
/// Locks in a store that has none: an object that its holder writes again every few seconds. Nobody's clock is compared with another's: whoever finds the
/// object unchanged for <see cref="Expiry"/> takes it that its holder is gone. Who writes the object first has the lock, by conditional writes; and since not every
/// store knows those, the object is read again a moment later.
/// </summary>
internal sealed class LockBook(TimeProvider time)
{
    /// <summary>For how long a lock stays that nobody renews.</summary>
    public static readonly TimeSpan Expiry = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan s_renewal = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_settling = TimeSpan.FromMilliseconds(300);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Content, long Since)> _seen = new(StringComparer.Ordinal);

    /// <summary>Takes a lock; null when somebody else has it.</summary>
    /// <exception cref="ObjectStoreException">The store does not answer.</exception>
    public ObjectLock? TryTake(S3Store store, string name)
    {
        var found = store.ReadTagged(name);
        if (found is { } other && !IsStale(name, Encoding.UTF8.GetString(other.Content))) return null;
        var owner = Guid.NewGuid().ToString("n");
        if (!store.PutIf(name, Content(owner, 0), found?.Tag)) return null;
        Thread.Sleep(s_settling); // as long as somebody who was quicker, where conditions are not known, is likely to need
        if (!IsOf(owner, store.ReadTagged(name)?.Content)) return null;
        return Hold(store, name, owner);
    }

    private bool IsStale(string name, string content)
    {
        lock (_lock)
        {
            if (!_seen.TryGetValue(name, out var seen) || seen.Content != content) _seen[name] = (content, time.GetTimestamp());
            else if (time.GetElapsedTime(seen.Since) >= Expiry) return true;
            return false;
        }
    }

    private ObjectLock Hold(S3Store store, string name, string owner)
    {
#pragma warning disable CA2000 // Both end with the task that renews the lock.
        var (ended, lost) = (new CancellationTokenSource(), new CancellationTokenSource());
#pragma warning restore CA2000
        var lostToken = lost.Token;
        var renewing = Task.Run(async () =>
        {
            using (ended)
            using (lost)
            {
                await RenewAsync(store, name, owner, lost, ended.Token);
            }
        });
        return new ObjectLock(() =>
        {
            try
            {
                ended.Cancel();
            }
            catch (ObjectDisposedException)
            {
                return; // it was lost before
            }
            renewing.GetAwaiter().GetResult();
        }, lostToken);
    }

    private async Task RenewAsync(S3Store store, string name, string owner, CancellationTokenSource lost, CancellationToken ended)
    {
        var renewed = time.GetTimestamp();
        for (var beat = 1L; ; beat++)
        {
            var hasEnded = await HasEndedAsync(ended);
            try
            {
                var found = store.ReadTagged(name);
                var isOurs = IsOf(owner, found?.Content);
                if (isOurs && hasEnded) store.Delete(name);
                if (hasEnded) return;
                if (isOurs && store.PutIf(name, Content(owner, beat), found!.Value.Tag))
                {
                    renewed = time.GetTimestamp();
                    continue;
                }
                break;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Nobody else can take it either while the store is away; it expires.
                if (hasEnded) return;
                if (time.GetElapsedTime(renewed) >= Expiry) break;
            }
        }
        await lost.CancelAsync();
    }

    private async Task<bool> HasEndedAsync(CancellationToken ended)
    {
        await Task.Delay(s_renewal, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ended.IsCancellationRequested;
    }

    private static byte[] Content(string owner, long beat) => Encoding.UTF8.GetBytes($"{owner} {beat}");

    private static bool IsOf(string owner, byte[]? content) => content is not null && Encoding.UTF8.GetString(content).StartsWith(owner, StringComparison.Ordinal);
}
