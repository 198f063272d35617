using Recommender.Contracts;

namespace Recommender.Hosting.Kafka;

/// <summary>The product's topics as they should be.</summary>
public static class ProductTopics
{
    private const string ByUser = "user_id";

    /// <summary>An answer that nobody has fetched for a day is of no use any more.</summary>
    private static readonly TimeSpan s_requestRetention = TimeSpan.FromDays(1);

    /// <summary>
    /// Every topic with its partitions. Topics keyed by viewer agree in their number of partitions; the model topic has one, since its few
    /// records have an order.
    /// </summary>
    public static IReadOnlyList<TopicSpec> Specs(KafkaOptions options) =>
    [
        .. Topics.KeyedByUser.Select(name => new TopicSpec(name, options.Partitions) { CoPartitionedAs = ByUser, Retention = RetentionOf(options) }),
        new TopicSpec(Topics.Catalog, options.Partitions, IsCompacted: true),
        new TopicSpec(Topics.Model, 1, IsCompacted: true),
        new TopicSpec(Topics.Rejected, options.Partitions) { Retention = RetentionOf(options) },
        new TopicSpec(Topics.Request, options.Partitions) { Retention = s_requestRetention },
        new TopicSpec(Topics.Response, options.Partitions) { Retention = s_requestRetention },
    ];

    private static TimeSpan? RetentionOf(KafkaOptions options) => options.Retention > TimeSpan.Zero ? options.Retention : null;
}
