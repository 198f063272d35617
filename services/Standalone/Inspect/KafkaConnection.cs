using System.Net.Sockets;
using Confluent.Kafka;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Kafka;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Inspect;

/// <summary>
/// How the commands reach Kafka: at the address that they are given, with the security and the further settings of section <c>Kafka</c>, which they
/// take from the same environment variables as the services.
/// </summary>
internal static class KafkaConnection
{
    /// <summary>Time for a question to the cluster.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Makes sure that somebody listens: librdkafka itself would go on trying without a word.</summary>
    /// <exception cref="CommandFailure">Nobody does.</exception>
    public static async Task CheckAsync(ServerAddress kafka, CancellationToken cancellationToken)
    {
        using var probe = new TcpClient();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(s_connectTimeout);
        try
        {
            await probe.ConnectAsync(kafka.Host.Trim('[', ']'), kafka.Port, timeout.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw NotRunning(kafka, e);
        }
    }

    /// <summary>Completes a client's configuration.</summary>
    /// <exception cref="OptionsException">A setting in the environment is unknown or out of range.</exception>
    public static TConfig Reach<TConfig>(ServerAddress kafka, TConfig config) where TConfig : ClientConfig
    {
        KafkaConfigs.ApplyCommon(config, Options(kafka));
        return config;
    }

    /// <summary>The settings of section <c>Kafka</c> with another address.</summary>
    /// <exception cref="OptionsException">A setting in the environment is unknown or out of range.</exception>
    public static KafkaOptions Options(ServerAddress kafka) => OptionsBinding.Bind<KafkaOptions>(Environment()) with { BootstrapServers = kafka.ToString() };

    /// <summary>What the environment sets.</summary>
    public static IConfiguration Environment() => new ConfigurationBuilder().AddEnvironmentVariables(OptionsBinding.EnvironmentPrefix).Build();

    /// <summary>An administration client. Its own log is left out: what matters comes as an exception.</summary>
    /// <param name="kafka">The address.</param>
    /// <param name="onError">Receives what the client tells beside the outcome of a question.</param>
    public static IAdminClient OpenAdmin(ServerAddress kafka, Action<Error>? onError = null) =>
        new AdminClientBuilder(Reach(kafka, new AdminClientConfig())).SetLogHandler((_, _) => { }).SetErrorHandler((_, error) => onError?.Invoke(error)).Build();

    /// <summary>A consumer that assigns itself and commits nothing by itself.</summary>
    public static IConsumer<byte[], byte[]> OpenConsumer(ServerAddress kafka, string group = "recommender-tail")
    {
        var config = Reach(kafka, new ConsumerConfig
        {
            GroupId = group, // the client wants a name; the group is never joined
            EnableAutoCommit = false,
            EnablePartitionEof = true,
        });
        return new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
    }

    /// <summary>The partitions of a topic.</summary>
    /// <exception cref="CommandFailure">Kafka or the topic is not there.</exception>
    public static TopicPartition[] FindPartitions(ServerAddress kafka, string topic)
    {
        using var admin = OpenAdmin(kafka);
        try
        {
            // Asking for all topics, since asking for one that is not there can create it.
            var topics = admin.GetMetadata(Timeout).Topics;
            var found = topics.SingleOrDefault(t => t.Topic == topic && t.Partitions.Count > 0);
            if (found is not null) return [.. found.Partitions.Select(p => new TopicPartition(topic, p.PartitionId))];
            var names = string.Join(", ", topics.Select(t => t.Topic).Order(StringComparer.Ordinal));
            throw CommandFailure.Usage($"There is no topic {topic} at {kafka}; there are: {names}.");
        }
        catch (KafkaException e)
        {
            throw NotRunning(kafka, e);
        }
    }

    /// <summary>No broker is there, or it does not let us in.</summary>
    public static CommandFailure NotRunning(ServerAddress kafka, Exception? cause = null) => cause is KafkaException && FindRefusal(kafka) is { } refusal
        ? new($"Kafka at {kafka} can't be used as RECOMMENDER_Kafka__* in the environment say: {refusal}", ExitCode.Failed, cause)
        : new($"No Kafka broker answers at {kafka}; start the system with 'recommender run', or name the bootstrap address with --kafka.", ExitCode.Failed, cause);

    /// <summary>Asks once more, since what a question comes to is that nobody answers, whatever is wrong: what is told beside it, or null.</summary>
    private static string? FindRefusal(ServerAddress kafka)
    {
        string? refusal = null;
        using (var admin = OpenAdmin(kafka, Note))
        {
            try
            {
                admin.GetMetadata(s_connectTimeout);
            }
            catch (KafkaException)
            {
                // As the first time.
            }
        }
        return refusal;

        void Note(Error error)
        {
            if (KafkaHealth.IsOfConfiguration(error)) Volatile.Write(ref refusal, error.Reason);
        }
    }
}
