namespace Recommender.Features.Online;

/// <summary>A value of the store while a batch changes it.</summary>
/// <param name="id">The viewer or video.</param>
/// <typeparam name="TState">Its decoded form.</typeparam>
internal sealed class TrackedValue<TState>(string id) where TState : class
{
    /// <summary>The viewer or video.</summary>
    public string Id { get; } = id;

    /// <summary>The places of its events in the batch, in the order of the log.</summary>
    public List<int> Events { get; } = [];

    /// <summary>The decoded form.</summary>
    public TState State { get; set; } = null!;

    /// <summary>The version that was read; 0 when there was nothing.</summary>
    public ulong StoredVersion { get; set; }

    /// <summary>Whether there is something to write.</summary>
    public bool IsChanged { get; set; }
}
