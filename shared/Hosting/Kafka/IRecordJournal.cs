namespace Recommender.Hosting.Kafka;

/// <summary>
/// Keeps records on disk on behalf of a log that does not outlive its process. A record is acknowledged when both have it. What was kept and
/// not finished is absorbed under its old position at the next start, before the door opens.
/// </summary>
public interface IRecordJournal
{
    /// <summary>What earlier starts left behind, oldest first; empty after <see cref="DiscardLeftoverAsync"/>.</summary>
    IReadOnlyList<LeftoverLog> Leftover { get; }

    /// <summary>Whether a record has to be kept.</summary>
    bool Keeps(in KafkaRecord record);

    /// <summary>Keeps a record that is in the log. Blocks while more wait for the disk than memory should hold.</summary>
    /// <param name="position">Where it is in the log.</param>
    /// <param name="record">The record.</param>
    /// <param name="done">Called once on another thread: with null when the record is on disk, otherwise with what went wrong.</param>
    void Append(in RecordPosition position, in KafkaRecord record, Action<Exception?> done);

    /// <summary>Waits until all that was appended so far is on disk or has failed.</summary>
    Task FlushAsync(CancellationToken cancellationToken);

    /// <summary>Everything before <paramref name="next"/> is in online state and in files; it need not be kept any more.</summary>
    void OnFinished(string topic, int partition, long next);

    /// <summary>Deletes <see cref="Leftover"/>, all of which is in online state and in files, once those are safe on disk.</summary>
    Task DiscardLeftoverAsync(CancellationToken cancellationToken);
}

/// <summary>What is left of the log of an earlier start.</summary>
/// <param name="Identity">The log's name, as watermarks know it (<see cref="LogIdentity"/>).</param>
/// <param name="Records">Its records; those of one partition in the order of their offsets. Read from disk each time.</param>
public sealed record LeftoverLog(string Identity, IEnumerable<TopicRecord> Records);
