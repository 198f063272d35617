using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Redis;

/// <summary>How a process reaches Redis. Section <c>Redis</c>.</summary>
public sealed record RedisOptions : IOptionsRecord
{
    /// <summary>The configuration section, <c>Redis</c>.</summary>
    public static string Section => "Redis";

    /// <summary><c>host:port</c> of one server, or of some nodes of a cluster, comma-separated. Default: the embedded server's port.</summary>
    public string Endpoints { get; init; } = "127.0.0.1:5079";

    /// <summary>How long a command may take. 1 ms to 1 min, default 250 ms.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long an attempt to connect may take. 100 ms to 1 min, default 2 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The delay that a caller is told to wait when Redis is out of reach. 10 ms to 5 min, default 1 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The password. Empty: none.</summary>
    public string Password { get; init; } = "";

    /// <summary>Whether the connection is encrypted.</summary>
    public bool Ssl { get; init; }

    /// <summary>
    /// File (PEM) with the certificates of the authorities that sign the servers' certificates, where the system does not know them. Empty: the
    /// system's. Needs <c>Ssl</c>.
    /// </summary>
    public string SslCaLocation { get; init; } = "";

    /// <summary>The number of the database, 0 to 15, default 0. A cluster has only 0.</summary>
    public int Database { get; init; }

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Addresses(Endpoints);
        check.Range(Timeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        check.Range(ConnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        check.Range(RetryDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5));
        check.Range(Database, 0, 15);
        check.That(SslCaLocation.Length == 0 || (Ssl && File.Exists(SslCaLocation)), SslCaLocation, "it must be a file that exists, together with Ssl=true");
    }
}
