using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace Recommender.Hosting.Kafka;

/// <summary>Makes sure that topics exist. Existing ones are never altered.</summary>
public sealed class KafkaTopics
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private readonly KafkaOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Creates the helper; nothing is connected until it is used.</summary>
    /// <param name="options">Where Kafka is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public KafkaTopics(KafkaOptions options, TimeProvider time, ILogger<KafkaTopics> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Creates what is missing and compares the rest with what is wanted. One attempt.</summary>
    /// <param name="specs">The topics.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many partitions each topic really has.</returns>
    /// <exception cref="KafkaUnavailableException">The cluster does not answer, or a topic is missing and can't be created.</exception>
    /// <exception cref="TopicMismatchException">Topics that must agree in their number of partitions do not.</exception>
    public async Task<IReadOnlyDictionary<string, int>> EnsureAsync(IReadOnlyCollection<TopicSpec> specs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(specs);
        using var admin = new AdminClientBuilder(KafkaConfigs.Admin(_options))
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, line) => KafkaLog.Native(_logger, line))
            .Build();
        try
        {
            var existing = await ListAsync(admin, cancellationToken);
            var missing = specs.Where(s => !existing.ContainsKey(s.Name)).ToArray();
            if (missing.Length > 0)
            {
                await CreateAsync(admin, missing, cancellationToken);
                existing = await ListUntilAllExistAsync(admin, specs, cancellationToken);
            }

            Compare(specs, existing);
            return specs.ToDictionary(s => s.Name, s => existing[s.Name], StringComparer.Ordinal);
        }
        catch (KafkaException e)
        {
            throw new KafkaUnavailableException($"Topics could not be checked: {e.Error.Reason}", _options.RetryDelay, e);
        }
    }

    /// <summary>As <see cref="EnsureAsync"/>, again and again until the cluster answers.</summary>
    /// <param name="specs">The topics.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TopicMismatchException">Topics that must agree in their number of partitions do not.</exception>
    public async Task<IReadOnlyDictionary<string, int>> EnsureWhenReachableAsync(
        IReadOnlyCollection<TopicSpec> specs, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await EnsureAsync(specs, cancellationToken);
            }
            catch (KafkaUnavailableException e)
            {
                KafkaLog.TopicsNotChecked(_logger, e.Message);
            }

            await Task.Delay(_options.RetryDelay, _time, cancellationToken);
        }
    }

    /// <summary>All topics and their partition counts. Asks for all of them, since asking for one by name may create it.</summary>
    private static Task<Dictionary<string, int>> ListAsync(IAdminClient admin, CancellationToken cancellationToken) => Task.Run(
        () => admin.GetMetadata(Timeout).Topics
            .Where(t => !t.Error.IsError)
            .ToDictionary(t => t.Topic, t => t.Partitions.Count, StringComparer.Ordinal),
        cancellationToken);

    private async Task<Dictionary<string, int>> ListUntilAllExistAsync(
        IAdminClient admin, IReadOnlyCollection<TopicSpec> specs, CancellationToken cancellationToken)
    {
        // A created topic takes a moment to be known by all brokers.
        var begin = _time.GetTimestamp();
        while (true)
        {
            var existing = await ListAsync(admin, cancellationToken);
            var missing = specs.Where(s => existing.GetValueOrDefault(s.Name) == 0).Select(s => s.Name).ToArray();
            if (missing.Length == 0)
                return existing;

            if (_time.GetElapsedTime(begin) > Timeout)
            {
                throw new KafkaUnavailableException(
                    $"Topics do not exist and can't be created by this process: {string.Join(", ", missing)}", _options.RetryDelay);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), _time, cancellationToken);
        }
    }

    private async Task CreateAsync(IAdminClient admin, TopicSpec[] specs, CancellationToken cancellationToken)
    {
        try
        {
            await admin.CreateTopicsAsync(specs.Select(s => ToSpecification(s, _options)), new CreateTopicsOptions { RequestTimeout = Timeout, OperationTimeout = Timeout })
                .WaitAsync(cancellationToken);
            foreach (var spec in specs)
                KafkaLog.TopicCreated(_logger, spec.Name, spec.Partitions);
        }
        catch (CreateTopicsException e)
        {
            // Another replica may have been quicker; whether all exist in the end is looked at afterwards.
            foreach (var result in e.Results)
            {
                if (!result.Error.IsError)
                    KafkaLog.TopicCreated(_logger, result.Topic, specs.First(s => s.Name == result.Topic).Partitions);
                else if (result.Error.Code != ErrorCode.TopicAlreadyExists)
                    KafkaLog.TopicNotCreated(_logger, result.Topic, result.Error.Reason);
            }
        }
        catch (KafkaException e) when (e.Error.Code is ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion)
        {
            KafkaLog.TopicNotCreated(_logger, string.Join(", ", specs.Select(s => s.Name)), e.Error.Reason);
        }
    }

    /// <summary>What the cluster is asked for when a topic is missing.</summary>
    internal static TopicSpecification ToSpecification(TopicSpec spec, KafkaOptions options)
    {
        var configs = new Dictionary<string, string>();
        if (spec.IsCompacted)
            configs["cleanup.policy"] = "compact";
        else if (spec.Retention is { } retention)
            configs["retention.ms"] = ((long)retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

        return new TopicSpecification
        {
            Name = spec.Name,
            NumPartitions = spec.Partitions,
            ReplicationFactor = (short)options.ReplicationFactor,
            Configs = configs,
        };
    }

    private void Compare(IReadOnlyCollection<TopicSpec> specs, Dictionary<string, int> existing)
    {
        foreach (var spec in specs.Where(s => existing[s.Name] != s.Partitions))
            KafkaLog.TopicDiffers(_logger, spec.Name, existing[spec.Name], spec.Partitions);

        foreach (var group in specs.Where(s => s.CoPartitionedAs.Length > 0).GroupBy(s => s.CoPartitionedAs))
        {
            if (group.Select(s => existing[s.Name]).Distinct().Count() > 1)
            {
                throw new TopicMismatchException(
                    "These topics must have the same number of partitions but have "
                    + string.Join(", ", group.Select(s => $"{s.Name} {existing[s.Name]}"))
                    + "; recreate those that differ.");
            }
        }
    }
}
