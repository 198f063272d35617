using System.Globalization;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Inspect;

namespace Recommender.Standalone.Replay;

/// <summary>
/// Moves the offsets of a consumer group back to a time, so that its next start reads from there. The feature service offers what it reads again to
/// the states, each of which has its own watermark: one that is there counts nothing twice, one that is missing is built anew.
/// </summary>
/// <param name="group">The group.</param>
/// <param name="to">The time.</param>
internal sealed class GroupReset(string group, DateTimeOffset to)
{
    /// <summary>The topics that online state is made from. Impressions are archived only, and the archive knows where it ends; the catalog is read by its keys.</summary>
    private static readonly IReadOnlyList<string> s_topics = [.. Topics.Events, Topics.Erasure];

    /// <summary>Moves the offsets and prints them.</summary>
    /// <exception cref="CommandFailure">Kafka is not there, or somebody in the group is at work.</exception>
    public async Task RunAsync(ServerAddress kafka, TextWriter output, CancellationToken cancellationToken)
    {
        await KafkaConnection.CheckAsync(kafka, cancellationToken);
        var offsets = await Task.Factory.StartNew(() => Commit(kafka, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        foreach (var topic in offsets.GroupBy(o => o.Topic))
            await output.WriteLineAsync($"{topic.Key}  {string.Join(' ', topic.Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Partition.Value}:{o.Offset.Value}")))}");
        await output.WriteLineAsync($"The next start of {group} reads from there; what online state has absorbed already counts no more.");
    }

    private List<TopicPartitionOffset> Commit(ServerAddress kafka, CancellationToken cancellationToken)
    {
        using var consumer = KafkaConnection.OpenConsumer(kafka, group);
        var at = new OffsetsAt(consumer);
        var offsets = s_topics.SelectMany(t => KafkaConnection.FindPartitions(kafka, t)).Select(p => at.Find(p, to, cancellationToken)).ToList();
        try
        {
            consumer.Commit(offsets);
            return offsets;
        }
        catch (KafkaException e) when (e.Error.Code is ErrorCode.UnknownMemberId or ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration)
        {
            // Members are at work, or the broker does not let strangers commit: whoever gets all partitions is alone.
            CommitAsMember(kafka, offsets, cancellationToken);
            return offsets;
        }
        catch (KafkaException e)
        {
            throw new CommandFailure($"The offsets of {group} cannot be set: {e.Error.Reason}.", ExitCode.Failed, e);
        }
    }

    private void CommitAsMember(ServerAddress kafka, List<TopicPartitionOffset> offsets, CancellationToken cancellationToken)
    {
        List<TopicPartition>? ours = null;
        var config = KafkaConnection.Reach(kafka, new ConsumerConfig
        {
            GroupId = group, EnableAutoCommit = false, PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range, SessionTimeoutMs = 6000,
        });
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { })
            .SetPartitionsAssignedHandler((_, partitions) => ours = partitions).Build();
        consumer.Subscribe(s_topics);
        for (var patience = 300; ours is null && patience > 0; patience--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            consumer.Consume(TimeSpan.FromMilliseconds(100));
        }
        try
        {
            if (ours?.Count != offsets.Count)
                throw new CommandFailure($"The offsets of {group} cannot be set while somebody in it is at work; stop the feature service first. The Kafka of 'recommender run' cannot be set back: it ends with the feature service, and a start reads the journal by itself.");
            consumer.Commit(offsets);
        }
        finally
        {
            // Whoever leaves without a word keeps its partitions from those at work for the time of a session.
            consumer.Close();
        }
    }
}
