namespace Recommender.Hosting.Kafka;

/// <summary>
/// Places that are taken and given back, some hundred thousand times a second by two threads: as long as some are free neither takes a lock, which is
/// what <see cref="SemaphoreSlim"/> does each time. Who comes when none is free waits. Safe for use by many threads.
/// </summary>
/// <param name="count">How many there are.</param>
#pragma warning disable CA1001 // A place may be given back when everything else is gone already; without its wait handle a semaphore holds nothing to free.
internal sealed class Places(int count)
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _passes = new(0);

    // Below zero: so many wait.
    private int _free = count;

    /// <summary>Places that are free.</summary>
    public int Free => Math.Max(Volatile.Read(ref _free), 0);

    /// <summary>Takes a place.</summary>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="cancellationToken">Gives up waiting; no place is taken then.</param>
    /// <returns>Whether there was one in time.</returns>
    public ValueTask<bool> TakeAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        Interlocked.Decrement(ref _free) >= 0 ? ValueTask.FromResult(true) : WaitAsync(timeout, cancellationToken);

    /// <summary>Gives a place back.</summary>
    public void Leave()
    {
        if (Interlocked.Increment(ref _free) <= 0)
            _passes.Release();
    }

    private async ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            if (await _passes.WaitAsync(timeout, cancellationToken))
                return true;
        }
        catch (OperationCanceledException)
        {
            if (!TryGiveUp())
            {
                await _passes.WaitAsync(CancellationToken.None);
                Leave();
            }

            throw;
        }

        if (TryGiveUp())
            return false;

        await _passes.WaitAsync(CancellationToken.None);
        return true;
    }

    /// <summary>Waits no more; false where a pass is on its way for each who waits, this one too.</summary>
    private bool TryGiveUp()
    {
        var free = Volatile.Read(ref _free);
        while (free < 0)
        {
            var seen = Interlocked.CompareExchange(ref _free, free + 1, free);
            if (seen == free)
                return true;

            free = seen;
        }

        return false;
    }
}
