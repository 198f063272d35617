using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace Recommender.Hosting.Kafka;

/// <summary>
/// Names the log that offsets count in. A topic that is recreated, or a cluster that is replaced, begins at offset 0 again; a watermark
/// of the old log must not make new records look absorbed, so every watermark carries this name.
/// </summary>
public sealed class LogIdentity
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private readonly string? _fixed;
    private readonly Dictionary<string, string> _byTopic;

    private LogIdentity(string? name, Dictionary<string, string> byTopic)
    {
        _fixed = name;
        _byTopic = byTopic;
    }

    /// <summary>One name for all topics.</summary>
    /// <param name="name">Letters, digits, '.', '_', '-', at most 64.</param>
    public static LogIdentity Fixed(string name) => new(name, []);

    /// <summary>The name of a topic's log: at most 64 of letters, digits, '.', '_' and '-', so that it fits into a file name.</summary>
    /// <param name="topic">One of the topics that were resolved.</param>
    /// <exception cref="ArgumentException">The topic was not among those resolved.</exception>
    public string Of(string topic) =>
        _fixed ?? (_byTopic.TryGetValue(topic, out var name) ? name : throw new ArgumentException($"The log identity of {topic} was not resolved.", nameof(topic)));

    /// <summary>Whether topics' logs have the same names in both.</summary>
    /// <param name="other">The other one.</param>
    /// <param name="topics">Topics that were resolved for both.</param>
    /// <exception cref="ArgumentException">A topic was not among those resolved.</exception>
    public bool IsSameOf(LogIdentity other, IEnumerable<string> topics) => topics.All(t => Of(t) == other.Of(t));

    /// <summary>
    /// Finds the names: the option if there is one, otherwise 16 hexadecimal digits made from the cluster's and the topic's id. Waits
    /// until the cluster answers.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="topics">The topics, which exist.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<LogIdentity> ResolveAsync(
        KafkaOptions options, IReadOnlyCollection<string> topics, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(topics);
        if (options.LogIdentity.Length > 0)
            return Fixed(options.LogIdentity);

        using var admin = new AdminClientBuilder(KafkaConfigs.Admin(options))
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, line) => KafkaLog.Native(logger, line))
            .Build();
        while (true)
        {
            try
            {
                return new LogIdentity(null, await AskAsync(admin, topics, logger, cancellationToken));
            }
            catch (KafkaException e)
            {
                KafkaLog.LogIdentityNotKnown(logger, e.Error.Reason);
            }

            await Task.Delay(options.RetryDelay, time, cancellationToken);
        }
    }

    private static async Task<Dictionary<string, string>> AskAsync(
        IAdminClient admin, IReadOnlyCollection<string> topics, ILogger logger, CancellationToken cancellationToken)
    {
        var cluster = await admin.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = Timeout }).WaitAsync(cancellationToken);
        var described = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(topics), new DescribeTopicsOptions { RequestTimeout = Timeout })
            .WaitAsync(cancellationToken);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var warned = false;
        foreach (var topic in described.TopicDescriptions)
        {
            var id = topic.TopicId is { } uuid && (uuid.MostSignificantBits | uuid.LeastSignificantBits) != 0 ? uuid.ToString() : "";
            if (id.Length == 0 && string.IsNullOrEmpty(cluster.ClusterId))
            {
                if (!warned)
                    KafkaLog.NoLogIdentity(logger, topic.Name);

                warned = true;
                names[topic.Name] = "default";
                continue;
            }

            names[topic.Name] = Short($"{cluster.ClusterId}\n{topic.Name}\n{id}");
        }

        return names;
    }

    private static string Short(string identity) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 8));
}
