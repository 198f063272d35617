using Recommender.Features.Online;
using Recommender.Hosting.Online;

namespace Recommender.Tests.Integration.Features.Model;

/// <summary>The process was killed between two of its writes.</summary>
internal sealed class KilledException() : Exception("killed");

/// <summary>One process's way to the real Redis, on which it dies, stands still while others work, or sees the server go back in time.</summary>
/// <param name="inner">The store as it is.</param>
/// <param name="gate">Lets nobody write while the server is being taken back.</param>
internal sealed class DyingStore(IOnlineStore inner, SemaphoreSlim gate) : IOnlineStore
{
    private int _writes;

    /// <summary>The process dies in place of this write, counted from 1; 0: never.</summary>
    public int DeathAt { get; init; }

    /// <summary>Before this write something happens; 0: never.</summary>
    public int InterruptionAt { get; init; }

    /// <summary>What happens.</summary>
    public Func<Task> Interruption { get; init; } = () => Task.CompletedTask;

    public Task BeginAsync(CancellationToken cancellationToken) => DoAsync(() => inner.BeginAsync(cancellationToken));

    public Task CheckAsync(CancellationToken cancellationToken) => DoAsync(() => inner.CheckAsync(cancellationToken));

    public Task<byte[][]> ReadViewersAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken) => DoAsync(() => inner.ReadViewersAsync(userIds, cancellationToken));

    public Task<byte[][]> ReadVideosAsync(IReadOnlyList<string> videoIds, int partition, CancellationToken cancellationToken) =>
        DoAsync(() => inner.ReadVideosAsync(videoIds, partition, cancellationToken));

    public Task<CatalogEntry?[]> ReadCatalogAsync(IReadOnlyList<string> videoIds, CancellationToken cancellationToken) =>
        DoAsync(() => inner.ReadCatalogAsync(videoIds, cancellationToken));

    public Task<byte[]> ReadMarksAsync(string key, CancellationToken cancellationToken) => DoAsync(() => inner.ReadMarksAsync(key, cancellationToken));

    // One value at a time, so that death can come between any two.
    public Task<byte[]?[]> WriteViewersAsync(IReadOnlyList<ValueWrite> writes, CancellationToken cancellationToken) =>
        EachAsync(writes, w => inner.WriteViewersAsync([w], cancellationToken));

    public Task<byte[]?[]> WriteVideosAsync(IReadOnlyList<ValueWrite> writes, int partition, CancellationToken cancellationToken) =>
        EachAsync(writes, w => inner.WriteVideosAsync([w], partition, cancellationToken));

    public async Task RemoveViewerAsync(string userId, byte[] value, CancellationToken cancellationToken)
    {
        await BeforeWriteAsync();
        await DoAsync(() => inner.RemoveViewerAsync(userId, value, cancellationToken));
    }

    public Task DeleteListsAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken) => DoAsync(() => inner.DeleteListsAsync(userIds, cancellationToken));

    public async Task<double> WriteTrendingAsync(string window, int partition, IReadOnlyList<TrendingScore> scores, CancellationToken cancellationToken)
    {
        await BeforeWriteAsync();
        return await DoAsync(() => inner.WriteTrendingAsync(window, partition, scores, cancellationToken));
    }

    public Task WriteCatalogAsync(IReadOnlyCollection<KeyValuePair<string, CatalogEntry>> entries, CancellationToken cancellationToken) =>
        DoAsync(() => inner.WriteCatalogAsync(entries, cancellationToken));

    public async Task<byte[]?> WriteMarksAsync(string key, byte[] expected, byte[] value, CancellationToken cancellationToken)
    {
        await BeforeWriteAsync();
        return await DoAsync(() => inner.WriteMarksAsync(key, expected, value, cancellationToken));
    }

    private async Task<byte[]?[]> EachAsync(IReadOnlyList<ValueWrite> writes, Func<ValueWrite, Task<byte[]?[]>> write)
    {
        var results = new byte[]?[writes.Count];
        for (var i = 0; i < results.Length; i++)
        {
            await BeforeWriteAsync();
            results[i] = (await DoAsync(() => write(writes[i])))[0];
        }
        return results;
    }

    private async Task BeforeWriteAsync()
    {
        var number = Interlocked.Increment(ref _writes);
        if (DeathAt > 0 && number >= DeathAt) throw new KilledException();
        if (number == InterruptionAt) await Interruption();
    }

    private async Task<T> DoAsync<T>(Func<Task<T>> call)
    {
        await gate.WaitAsync();
        try
        {
            return await call();
        }
        finally
        {
            gate.Release();
        }
    }

    private Task<bool> DoAsync(Func<Task> call) => DoAsync(async () =>
    {
        await call();
        return true;
    });
}
