namespace Recommender.Hosting.Kafka;

/// <summary>The pacer for logs that keep what they are given: nobody waits.</summary>
public sealed class NoPacer : IProducePacer
{
    /// <summary>The one instance; it has no state.</summary>
    public static NoPacer Instance { get; } = new();

    /// <inheritdoc/>
    public ValueTask<bool> WaitAsync(string topic, byte[] key, int bytes, TimeSpan timeout, CancellationToken cancellationToken) =>
        ValueTask.FromResult(true);

    /// <inheritdoc/>
    public void OnDelivered(RecordPosition position, int bytes)
    {
    }

    /// <inheritdoc/>
    public void OnFailed(string topic, byte[] key, int bytes)
    {
    }

    /// <inheritdoc/>
    public void OnAbsorbed(string topic, int partition, long nextOffset)
    {
    }

    /// <inheritdoc/>
    public ValueTask WhenSettledAsync(string topic, int partition, long nextOffset, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
