using Confluent.Kafka;

namespace Recommender.Features.Consuming;

/// <summary>
/// Commits how far partitions are finished: in online state and in files. Nobody reads from there but people and tools that watch the lag, so
/// a commit may fail.
/// </summary>
internal sealed class OffsetCommits(IConsumer<byte[]?, byte[]?> consumer, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    // A broker that is away must not hold up the end of the process.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly Dictionary<TopicPartition, long> _committed = [];
    private long _last = time.GetTimestamp();
    private Task<bool> _pending = Task.FromResult(true);

    /// <summary>Begins a commit in the background about once a second; whether it was time for one.</summary>
    public bool CommitIfDue(IEnumerable<PartitionLog> logs)
    {
        if (time.GetElapsedTime(_last) < s_period || !_pending.IsCompleted) return false;
        _last = time.GetTimestamp();
        Begin(logs);
        return true;
    }

    /// <summary>Commits for the last time and waits for it, but not for long.</summary>
    public void Commit(IEnumerable<PartitionLog> logs)
    {
        if (_pending.Wait(s_patience)) Begin(logs);
        if (!_pending.Wait(s_patience)) ConsumingLog.NotCommitted(logger, "Kafka does not answer");
        _committed.Clear();
    }

    private void Begin(IEnumerable<PartitionLog> logs)
    {
        if (!_pending.Result) _committed.Clear(); // once more, with the others
        var offsets = new List<TopicPartitionOffset>();
        foreach (var log in logs)
        {
            var partition = new TopicPartition(log.Topic, log.Partition);
            if (log.IsHalted || log.Finished <= _committed.GetValueOrDefault(partition)) continue;
            _committed[partition] = log.Finished;
            offsets.Add(new TopicPartitionOffset(partition, log.Finished));
        }
        if (offsets.Count > 0) _pending = Task.Run(() => TryCommit(offsets));
    }

    private bool TryCommit(List<TopicPartitionOffset> offsets)
    {
        try
        {
            consumer.Commit(offsets);
            return true;
        }
        catch (Exception e) when (e is KafkaException or ObjectDisposedException)
        {
            ConsumingLog.NotCommitted(logger, e.Message);
            return false;
        }
    }
}
