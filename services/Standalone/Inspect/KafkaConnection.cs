using System.Net.Sockets;
using Confluent.Kafka;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Inspect;

/// <summary>How the commands reach Kafka.</summary>
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

    /// <summary>An administration client. Its own log is left out: what matters comes as an exception.</summary>
    public static IAdminClient OpenAdmin(ServerAddress kafka) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.ToString() }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

    /// <summary>A consumer that assigns itself and commits nothing.</summary>
    public static IConsumer<byte[], byte[]> OpenConsumer(ServerAddress kafka)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = kafka.ToString(),
            GroupId = "recommender-tail", // the client wants a name; the group is never joined
            EnableAutoCommit = false,
            EnablePartitionEof = true,
        };
        return new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
    }

    /// <summary>No broker is there.</summary>
    public static CommandFailure NotRunning(ServerAddress kafka, Exception? cause = null) =>
        new($"No Kafka broker answers at {kafka}; start the system with 'recommender run', or name the bootstrap address with --kafka.", ExitCode.Failed, cause);
}
