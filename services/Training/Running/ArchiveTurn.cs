namespace Recommender.Training.Running;

/// <summary>Whoever reads the whole archive into memory takes a turn, so that it is there once at a time.</summary>
#pragma warning disable CA1001 // A run may end after the container that would dispose this; without its wait handle a semaphore holds nothing to free.
internal sealed class ArchiveTurn
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _free = new(1);

    /// <summary>Waits for the turn; disposing the result passes it on.</summary>
    public async Task<IDisposable> TakeAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        return new Turn(_free);
    }

    private sealed class Turn(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
