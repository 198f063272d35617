namespace Recommender.Hosting.Kafka;

/// <summary>The journal for logs that keep what they are given: nothing has to be kept beside them.</summary>
public sealed class NoJournal : IRecordJournal
{
    /// <summary>The one instance; it has no state.</summary>
    public static NoJournal Instance { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<LeftoverLog> Leftover => [];

    /// <inheritdoc/>
    public bool Keeps(in KafkaRecord record) => false;

    /// <inheritdoc/>
    public void Append(in RecordPosition position, in KafkaRecord record, Action<Exception?> done)
    {
        ArgumentNullException.ThrowIfNull(done);
        done(null);
    }

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void OnFinished(string topic, int partition, long next)
    {
    }

    /// <inheritdoc/>
    public Task DiscardLeftoverAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
