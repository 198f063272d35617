namespace Grpc.AspNetCore.HealthChecks;

/// <summary>Which services the health service knows and how it learns of them.</summary>
public sealed class GrpcHealthChecksOptions
{
    /// <summary>The services; the empty name, the server as a whole, depends on every check unless mapped otherwise.</summary>
    public ServiceMappingCollection Services { get; } = [];

    /// <summary>Whether <c>Check</c> answers with the last published result instead of running the checks.</summary>
    public bool UseHealthChecksCache { get; set; }

    /// <summary>Whether watches are left open when the application stops.</summary>
    public bool SuppressCompletionOnShutdown { get; set; }
}
