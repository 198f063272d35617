using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Inspect;

namespace Recommender.Standalone.Replay;

/// <summary>
/// Sends dead letters to the topics they came from, byte by byte as they were, with the headers that they had. An event keeps its id, so one that counts already counts no more; and
/// every letter that was sent again is noted on the topic of dead letters itself, so that a second replay leaves it out.
/// </summary>
/// <param name="filter">Which ones.</param>
/// <param name="isDryRun">Only say what would be sent.</param>
/// <param name="time">The clock.</param>
internal sealed class DeadLetterReplay(ReplayFilter filter, bool isDryRun, TimeProvider time)
{
    private static readonly CloudEvents s_cloudEvents = new("/recommender/replay");

    /// <summary>Sends them and says how many.</summary>
    /// <exception cref="CommandFailure">Kafka or the topic is not there, or Kafka does not take a record.</exception>
    public async Task RunAsync(ServerAddress kafka, TextWriter output, CancellationToken cancellationToken)
    {
        await KafkaConnection.CheckAsync(kafka, cancellationToken);
        var letters = await Task.Factory.StartNew(() => Read(kafka, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var done = letters.Where(l => l.IsReplayed).Select(l => l.Origin).ToHashSet();
        // One that was set aside twice, because its consumer crashed, is sent once.
        var chosen = letters.Where(l => !l.IsReplayed && filter.Takes(l) && (filter.Again || !done.Contains(l.Origin))).DistinctBy(l => l.Origin).ToList();
        if (!isDryRun) await SendAsync(kafka, chosen, cancellationToken);
        foreach (var group in chosen.GroupBy(l => (l.Origin.Topic, l.Reason)).OrderByDescending(g => g.Count()))
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{group.Count(),10:N0}  {group.Key.Topic}  {group.Key.Reason}"));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{chosen.Count:N0} of {letters.Where(l => !l.IsReplayed).DistinctBy(l => l.Origin).Count():N0} records {(isDryRun ? "would be sent again" : "were sent again")}."));
    }

    private static List<DeadLetter> Read(ServerAddress kafka, CancellationToken cancellationToken)
    {
        using var consumer = KafkaConnection.OpenConsumer(kafka);
        var partitions = KafkaConnection.FindPartitions(kafka, Topics.Rejected);
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));
        var letters = new List<DeadLetter>();
        for (var open = partitions.Length; open > 0;)
        {
            var record = consumer.Consume(cancellationToken);
            if (record.IsPartitionEOF) open--;
            else if (DeadLetter.Read(record) is { } letter) letters.Add(letter);
        }
        return letters;
    }

    private async Task SendAsync(ServerAddress kafka, List<DeadLetter> letters, CancellationToken cancellationToken)
    {
        using var producer = new ProducerBuilder<byte[], byte[]?>(
                KafkaConnection.Reach(kafka, new ProducerConfig { Acks = Acks.All, EnableIdempotence = true, Partitioner = Partitioner.Murmur2Random, LingerMs = 2 }))
            .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        try
        {
            foreach (var chunk in letters.Chunk(1000))
            {
                await Task.WhenAll(chunk.Select(l => producer.ProduceAsync(l.Origin.Topic, Again(l), cancellationToken)));
                // Noted afterwards: a crash in between sends them once more, which their ids make harmless.
                await Task.WhenAll(chunk.Select(l => producer.ProduceAsync(Topics.Rejected, Note(l), cancellationToken)));
            }
        }
        catch (ProduceException<byte[], byte[]?> e)
        {
            throw new CommandFailure($"Kafka does not take a record: {e.Error.Reason}. What was sent before it counts once however often it is sent.", ExitCode.Failed, e);
        }
    }

    private Message<byte[], byte[]?> Again(DeadLetter letter)
    {
        var headers = new Headers();
        foreach (var header in letter.Headers) headers.Add(header.Key, header.GetValueBytes());
        foreach (var header in Headers(letter.Origin.Topic, IdOf(letter)))
            if (!letter.Headers.TryGetLastBytes(header.Key, out _)) headers.Add(header.Key, header.GetValueBytes());
        return new Message<byte[], byte[]?> { Key = letter.Key, Value = letter.Value, Headers = headers };
    }

    private Message<byte[], byte[]?> Note(DeadLetter letter)
    {
        var headers = Headers(Topics.Rejected, PlaceOf(letter), CloudEvents.Bytes);
        foreach (var (name, value) in new[]
        {
            (RejectedHeaders.Reason, letter.Reason), (RejectedHeaders.Topic, letter.Origin.Topic),
            (RejectedHeaders.Partition, letter.Origin.Partition.ToString(CultureInfo.InvariantCulture)),
            (RejectedHeaders.Offset, letter.Origin.Offset.ToString(CultureInfo.InvariantCulture)), (RejectedHeaders.Replayed, "1"),
        }) headers.Add(name, Encoding.UTF8.GetBytes(value));
        return new Message<byte[], byte[]?> { Key = letter.Key, Value = null, Headers = headers };
    }

    private Headers Headers(string topic, string id, Header? contentType = null) =>
        s_cloudEvents.Headers(topic, id, CloudEvents.Time(Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(time.GetUtcNow())), contentType: contentType);

    private static string IdOf(DeadLetter letter)
    {
        try
        {
            return letter.Value is { } value && EventJson.Parse(value) is { EventId.Length: > 0 } e ? e.EventId : PlaceOf(letter);
        }
        catch (FormatException)
        {
            return PlaceOf(letter); // no event, or none that this version can read
        }
    }

    private static string PlaceOf(DeadLetter letter) => string.Create(CultureInfo.InvariantCulture, $"{letter.Origin.Topic}/{letter.Origin.Partition}/{letter.Origin.Offset}");
}
