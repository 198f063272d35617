using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Kafka;

/// <summary>How a process reaches Kafka and what it asks of it. Section <c>Kafka</c>.</summary>
public sealed record KafkaOptions : IOptionsRecord
{
    internal const string AutoInstanceId = "auto";
    private const int MaxInstanceIdLength = 249;

    private static readonly string[] SecurityProtocols = ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"];
    private static readonly string[] Compressions = ["none", "gzip", "snappy", "lz4", "zstd"];
    private static readonly string[] SaslMechanisms = ["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "GSSAPI", "OAUTHBEARER"];

    /// <summary>The configuration section, <c>Kafka</c>.</summary>
    public static string Section => "Kafka";

    /// <summary>Brokers to begin with, <c>host:port</c>, comma-separated. Default: the embedded broker's port.</summary>
    public string BootstrapServers { get; init; } = "127.0.0.1:5092";

    /// <summary>Partitions of each event topic and of the impression topic; they must agree. 1 to 1024, default 8.</summary>
    public int Partitions { get; init; } = 8;

    /// <summary>Replicas of each topic that this process creates. 1 to 9, default 1.</summary>
    public int ReplicationFactor { get; init; } = 1;

    /// <summary>
    /// How long records are kept in topics that this process creates, those apart that keep the newest record of each key. Topics that exist
    /// are left as they are. 0: as the cluster's default says. Otherwise 1 min to 3,650 days.
    /// </summary>
    public TimeSpan Retention { get; init; }

    /// <summary>How long a record may take to be acknowledged before the caller hears "unavailable". 100 ms to 5 min, default 5 s.</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The delay that a refused caller is told to wait. 10 ms to 5 min, default 1 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Records handed to the client and not yet acknowledged; more wait. 1 to 10,000,000, default 100,000.</summary>
    public int MaxInFlight { get; init; } = 100_000;

    /// <summary>Mebibytes handed to the client and not yet acknowledged; more wait. 1 to 2047, default 64.</summary>
    public int MaxInFlightMegabytes { get; init; } = 64;

    /// <summary>How long records may wait for company in a batch. 0 to 1 s, default 2 ms.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Compression of batches: none, gzip, snappy, lz4 or zstd. Default lz4.</summary>
    public string Compression { get; init; } = "lz4";

    /// <summary>
    /// The longest that a broker may hold back an answer when it has no new record. Apache Kafka answers at once when a record arrives;
    /// the embedded broker always waits this long. 1 ms to 30 s, default 50 ms.
    /// </summary>
    public TimeSpan FetchWait { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Mebibytes that one consumer may hold fetched but not yet processed. 1 to 2047, default 64.</summary>
    public int MaxPrefetchMegabytes { get; init; } = 64;

    /// <summary>After how long without a sign of life a group gives a consumer's partitions away. 1 s to 30 min, default 10 s.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A name that stays with this replica over restarts and that no other of its group has (static membership): a restart within
    /// <c>SessionTimeout</c> then moves no partition. <c>auto</c>: the host's name where it ends in <c>-</c> and a number, as those of a
    /// StatefulSet's pods do; other hosts' names may never come back, and their partitions would wait for them. Empty: off.
    /// </summary>
    public string GroupInstanceId { get; init; } = AutoInstanceId;

    /// <summary>
    /// A name for the log that offsets count in: letters, digits, '.', '_', '-', at most 64. Empty: derived from the cluster's and topics' ids.
    /// </summary>
    public string LogIdentity { get; init; } = "";

    /// <summary>The name that brokers see in their logs and metrics. Default <c>recommender</c>.</summary>
    public string ClientId { get; init; } = "recommender";

    /// <summary>plaintext, ssl, sasl_plaintext or sasl_ssl. Default plaintext.</summary>
    public string SecurityProtocol { get; init; } = "plaintext";

    /// <summary>PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, GSSAPI or OAUTHBEARER. Empty: none.</summary>
    public string SaslMechanism { get; init; } = "";

    /// <summary>The SASL user.</summary>
    public string SaslUsername { get; init; } = "";

    /// <summary>The SASL password.</summary>
    public string SaslPassword { get; init; } = "";

    /// <summary>File with the certificates of the authorities that sign the brokers' certificates. Empty: the system's.</summary>
    public string SslCaLocation { get; init; } = "";

    /// <summary>
    /// Further librdkafka properties for every client, <c>name=value;name=value</c>. They are applied last and win. Those that durability, ownership of
    /// partitions and offsets stand on, such as <c>acks</c>, <c>partitioner</c> or <c>group.id</c>, are refused.
    /// </summary>
    public string Settings { get; init; } = "";

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Addresses(BootstrapServers);
        check.Range(Partitions, 1, 1024);
        check.Range(ReplicationFactor, 1, 9);
        if (Retention != TimeSpan.Zero)
            check.Range(Retention, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650));

        check.Range(DeliveryTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        check.Range(RetryDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5));
        check.Range(MaxInFlight, 1, 10_000_000);
        check.Range(MaxInFlightMegabytes, 1, 2047);
        check.Range(Linger, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        check.OneOf(Compression, Compressions);
        check.Range(FetchWait, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(30));
        check.Range(MaxPrefetchMegabytes, 1, 2047);
        check.Range(SessionTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(30));
        check.That(
            GroupInstanceId.Length <= MaxInstanceIdLength && GroupInstanceId.All(IsNamePart), GroupInstanceId,
            "allowed are auto, and up to 249 letters, digits, '.', '_' and '-'");
        check.OneOf(SecurityProtocol, SecurityProtocols);
        check.OneOf(SaslMechanism, SaslMechanisms);
        check.That(
            SaslMechanism.Length == 0 || SecurityProtocol.StartsWith("sasl", StringComparison.OrdinalIgnoreCase), SaslMechanism,
            "it needs Kafka:SecurityProtocol sasl_plaintext or sasl_ssl");
        check.That(
            LogIdentity.Length <= 64 && LogIdentity.All(IsNamePart),
            LogIdentity, "allowed are up to 64 letters, digits, '.', '_' and '-'");
        check.That(KafkaConfigs.TryParse(Settings, out _), Settings, "the form is name=value;name=value");
        // The value may hold secrets, so the sentence names the property alone.
        var own = KafkaConfigs.OwnIn(Settings);
        check.That(own is null, own, "the service sets this property itself, since what it promises stands on it", nameof(Settings));
    }

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';
}
