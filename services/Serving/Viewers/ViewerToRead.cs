using Polly;

namespace Recommender.Serving.Viewers;

/// <summary>What is stored of a viewer.</summary>
/// <param name="State">The state's bytes; null where there are none.</param>
/// <param name="List">The precomputed list's bytes; null where there are none.</param>
internal readonly record struct StoredViewer(byte[]? State, byte[]? List);

/// <summary>A viewer who is to be read. Who waits for the task goes on on the thread that executes this.</summary>
internal sealed class ViewerToRead(string userId) : TaskCompletionSource<Outcome<StoredViewer>>, IThreadPoolWorkItem
{
    private Outcome<StoredViewer> _outcome;

    /// <summary>The viewer.</summary>
    public string UserId { get; } = userId;

    /// <summary>Whether nobody waits any more.</summary>
    public volatile bool IsGivenUp;

    /// <summary>Sets what <see cref="Execute"/> will tell.</summary>
    public void Fetched(Outcome<StoredViewer> outcome) => _outcome = outcome;

    /// <inheritdoc/>
    public void Execute() => TrySetResult(_outcome);
}
