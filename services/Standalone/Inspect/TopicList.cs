using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Inspect;

/// <summary>The table of <c>topics list</c>.</summary>
internal static class TopicList
{
    /// <summary>Writes one line per topic: name, partitions, records that are kept, and the lowest and the next offset of all partitions.</summary>
    /// <exception cref="CommandFailure">Kafka is not there.</exception>
    public static async Task WriteAsync(ServerAddress kafka, TextWriter output, CancellationToken cancellationToken)
    {
        await KafkaConnection.CheckAsync(kafka, cancellationToken);
        using var admin = KafkaConnection.OpenAdmin(kafka);
        try
        {
            var topics = admin.GetMetadata(KafkaConnection.Timeout).Topics.Where(t => t.Partitions.Count > 0 && !t.Topic.StartsWith("__", StringComparison.Ordinal)).ToArray();
            var all = topics.SelectMany(t => t.Partitions.Select(p => new TopicPartition(t.Topic, p.PartitionId))).ToArray();
            var low = await OffsetsAsync(admin, all, OffsetSpec.Earliest());
            var high = await OffsetsAsync(admin, all, OffsetSpec.Latest());
            var width = topics.Select(t => t.Topic.Length).Append(5).Max();
            await output.WriteLineAsync($"{"TOPIC".PadRight(width)}  PARTITIONS     RECORDS  OFFSETS");
            foreach (var topic in topics.OrderBy(t => t.Topic, StringComparer.Ordinal))
            {
                var own = all.Where(p => p.Topic == topic.Topic).ToArray();
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                    $"{topic.Topic.PadRight(width)}  {own.Length,10}  {own.Sum(p => high[p] - low[p]),10:N0}  {own.Min(p => low[p])}..{own.Max(p => high[p])}"));
            }
        }
        catch (KafkaException e)
        {
            throw KafkaConnection.NotRunning(kafka, e);
        }
    }

    private static async Task<Dictionary<TopicPartition, long>> OffsetsAsync(IAdminClient admin, TopicPartition[] partitions, OffsetSpec spec)
    {
        if (partitions.Length == 0) return [];
        var specs = partitions.Select(p => new TopicPartitionOffsetSpec { TopicPartition = p, OffsetSpec = spec });
        var result = await admin.ListOffsetsAsync(specs, new ListOffsetsOptions { RequestTimeout = KafkaConnection.Timeout });
        return result.ResultInfos.ToDictionary(r => r.TopicPartitionOffsetError.TopicPartition, r => r.TopicPartitionOffsetError.Offset.Value);
    }
}
