using Recommender.Contracts;

namespace Recommender.Hosting.Kafka;

/// <summary>The product's topics as they should be.</summary>
public static class ProductTopics
{
    private const string ByUser = "user_id";

    /// <summary>
    /// Every topic with its partitions. Topics keyed by viewer agree in their number of partitions; the model topic has one, since its few
    /// records have an order.
    /// </summary>
    public static IReadOnlyList<TopicSpec> Specs(KafkaOptions options) =>
    [
        .. Topics.KeyedByUser.Select(name => new TopicSpec(name, options.Partitions) { CoPartitionedAs = ByUser }),
        new TopicSpec(Topics.Catalog, options.Partitions, IsCompacted: true),
        new TopicSpec(Topics.Model, 1, IsCompacted: true),
        new TopicSpec(Topics.Rejected, options.Partitions),
    ];
}
