using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Confluent.Kafka;

namespace Recommender.Hosting.Kafka;

/// <summary>Client configurations made from <see cref="KafkaOptions"/>.</summary>
public static class KafkaConfigs
{
    // What the promises stand on: durable records, one owner of partition N of all topics, offsets that are said by state and archive.
    private static readonly FrozenSet<string> s_own = FrozenSet.Create(
        StringComparer.Ordinal, "acks", "request.required.acks", "enable.idempotence", "transactional.id", "partitioner", "enable.auto.commit", "auto.commit.enable", "enable.auto.offset.store",
        "auto.offset.reset", "partition.assignment.strategy", "group.protocol", "group.id", "group.instance.id", "bootstrap.servers", "metadata.broker.list", "allow.auto.create.topics");

    /// <summary>
    /// A consumer in a group. It never commits by itself, begins at the earliest record when the group has no offset, and is assigned the
    /// same partition number of every topic it subscribes to (range assignment), so that one member owns partition N of all event topics.
    /// <para>
    /// Memory is bounded by bytes, not by records: at most <see cref="KafkaOptions.MaxPrefetchMegabytes"/> queued, plus one answer on its
    /// way (<c>fetch.max.bytes</c>, as much again and at most 16 MiB).
    /// </para>
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="groupId">The group.</param>
    public static ConsumerConfig Consumer(KafkaOptions options, string groupId)
    {
        ArgumentNullException.ThrowIfNull(options);
        var config = new ConsumerConfig
        {
            GroupId = groupId,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            AllowAutoCreateTopics = false,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range,
            SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
            HeartbeatIntervalMs = (int)(options.SessionTimeout.TotalMilliseconds / 5),
            MaxPollIntervalMs = (int)Math.Max(300_000, options.SessionTimeout.TotalMilliseconds),
            // The record limit is out of the way and the pause after a full queue is short: a log that keeps little must be read as
            // fast as it is written, and bytes are what memory is made of.
            QueuedMinMessages = 1_000_000,
            QueuedMaxMessagesKbytes = options.MaxPrefetchMegabytes * 1024,
            FetchMaxBytes = Math.Min(options.MaxPrefetchMegabytes, 16) << 20,
            MaxPartitionFetchBytes = 1 << 20,
            FetchWaitMaxMs = (int)options.FetchWait.TotalMilliseconds,
            FetchErrorBackoffMs = 100,
        };
        config.Set("fetch.queue.backoff.ms", "2");
        config.GroupInstanceId = InstanceId(options, Environment.MachineName);

        ApplyCommon(config, options);
        return config;
    }

    /// <summary>Says how any client reaches the cluster: addresses, security and further settings.</summary>
    /// <param name="config">The client's configuration.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">The further settings are malformed.</exception>
    public static void ApplyCommon(ClientConfig config, KafkaOptions options)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        config.BootstrapServers = options.BootstrapServers;
        config.ClientId = options.ClientId;
        // A broker that comes back is found within a second.
        config.ReconnectBackoffMs = 50;
        config.ReconnectBackoffMaxMs = 1000;
        config.SocketConnectionSetupTimeoutMs = 5000;
        config.SocketKeepaliveEnable = true;
        config.SocketNagleDisable = true;
        config.EnableMetricsPush = false;
        config.Set("security.protocol", options.SecurityProtocol.ToLowerInvariant());
        SetUnlessEmpty(config, "sasl.mechanism", options.SaslMechanism);
        SetUnlessEmpty(config, "sasl.username", options.SaslUsername);
        SetUnlessEmpty(config, "sasl.password", options.SaslPassword);
        SetUnlessEmpty(config, "ssl.ca.location", options.SslCaLocation);
        if (!TryParse(options.Settings, out var further))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Settings '{options.Settings}' are not name=value;name=value."), nameof(options));

        foreach (var (name, value) in further)
            config.Set(name, value);
    }

    /// <summary>The producer: idempotent, acknowledged by every in-sync replica, partitioned as the Java clients do.</summary>
    /// <param name="options">The options.</param>
    internal static ProducerConfig Producer(KafkaOptions options)
    {
        var config = new ProducerConfig
        {
            Acks = Acks.All,
            EnableIdempotence = true,
            Partitioner = Partitioner.Murmur2Random,
            MessageTimeoutMs = MessageTimeout(options.DeliveryTimeout),
            LingerMs = options.Linger.TotalMilliseconds,
            CompressionType = Enum.Parse<CompressionType>(options.Compression, ignoreCase: true),
            // Room for one more than the producer lets in, so that its own bound is the one that is met.
            QueueBufferingMaxMessages = options.MaxInFlight + 1,
            QueueBufferingMaxKbytes = options.MaxInFlightMegabytes * 1024,
            RetryBackoffMs = 50,
            RetryBackoffMaxMs = 500,
            // Delivery reports carry partition, offset and error; the rest is known to the caller.
            DeliveryReportFields = "none",
        };
        ApplyCommon(config, options);
        return config;
    }

    /// <summary>The name of a static member, or <see langword="null"/> for a member that is forgotten when it leaves.</summary>
    /// <param name="options">The options.</param>
    /// <param name="host">The name of the host.</param>
    internal static string? InstanceId(KafkaOptions options, string host)
    {
        if (options.GroupInstanceId != KafkaOptions.AutoInstanceId)
            return options.GroupInstanceId.Length > 0 ? options.GroupInstanceId : null;

        var ordinal = host.AsSpan(host.LastIndexOf('-') + 1);
        return ordinal.Length < host.Length && ordinal.Length > 0 && !ordinal.ContainsAnyExceptInRange('0', '9') ? host : null;
    }

    /// <summary>A client for questions to the cluster.</summary>
    /// <param name="options">The options.</param>
    internal static AdminClientConfig Admin(KafkaOptions options)
    {
        var config = new AdminClientConfig();
        // Asking about a topic must not create it.
        config.Set("allow.auto.create.topics", "false");
        ApplyCommon(config, options);
        return config;
    }

    /// <summary>The first of further settings that is none of the operator's, or <see langword="null"/>.</summary>
    internal static string? OwnIn(string settings) =>
        TryParse(settings, out var pairs) ? pairs.Select(p => p.Key).FirstOrDefault(s_own.Contains) : null;

    /// <summary>Reads <c>name=value;name=value</c>.</summary>
    internal static bool TryParse(string settings, [NotNullWhen(true)] out List<KeyValuePair<string, string>>? pairs)
    {
        pairs = [];
        foreach (var part in settings.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                pairs = null;
                return false;
            }

            pairs.Add(new(part[..equals].TrimEnd(), part[(equals + 1)..].TrimStart()));
        }

        return true;
    }

    /// <summary>The client looks for overdue records once a second only, so it is given that much less.</summary>
    private static int MessageTimeout(TimeSpan deliveryTimeout) =>
        (int)Math.Max(deliveryTimeout.TotalMilliseconds - 1000, deliveryTimeout.TotalMilliseconds * 0.5);

    private static void SetUnlessEmpty(ClientConfig config, string name, string value)
    {
        if (value.Length > 0)
            config.Set(name, value);
    }
}
