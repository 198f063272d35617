namespace Recommender.Hosting.Objects;

/// <summary>A lock that is held until it is disposed of.</summary>
/// <param name="release">Gives it back.</param>
/// <param name="lost">Cancelled when somebody else may have it.</param>
public sealed class ObjectLock(Action release, CancellationToken lost = default) : IDisposable
{
    /// <summary>Cancelled when the lock could not be kept, and somebody else may have it.</summary>
    public CancellationToken Lost { get; } = lost;

    /// <inheritdoc/>
    public void Dispose() => release();
}
