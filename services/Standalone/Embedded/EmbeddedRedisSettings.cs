namespace Recommender.Standalone.Embedded;

/// <summary>How the embedded Redis is started.</summary>
public sealed record EmbeddedRedisSettings
{
    /// <summary>Where its append-only file, its log and its process id are kept; created when missing.</summary>
    public required string Directory { get; init; }

    /// <summary>The port of 127.0.0.1, or 0 for one that the system chooses. Default 5079.</summary>
    public int Port { get; init; } = 5079;

    /// <summary>What chooses another port, for the message when it is taken.</summary>
    public string PortOption { get; init; } = "--redis-port";

    /// <summary>Whether a server that ends by itself is started again.</summary>
    public bool IsRestarted { get; init; } = true;
}
