namespace Grpc.AspNetCore.HealthChecks;

/// <summary>A service and the checks that its health depends on.</summary>
public sealed class ServiceMapping(string name, Func<HealthCheckMapContext, bool> predicate)
{
    /// <summary>The service's full name; empty: the server as a whole.</summary>
    public string Name { get; } = name;

    /// <summary>Picks the checks.</summary>
    public Func<HealthCheckMapContext, bool> HealthCheckPredicate { get; } = predicate;
}
