using System.Collections;

namespace Grpc.AspNetCore.HealthChecks;

/// <summary>The services that the health service knows, by name.</summary>
public sealed class ServiceMappingCollection : IEnumerable<ServiceMapping>
{
    private readonly Dictionary<string, ServiceMapping> _mappings = new(StringComparer.Ordinal);

    /// <summary>How many services are known.</summary>
    public int Count => _mappings.Count;

    /// <summary>Makes a service known, or maps it anew: it serves while every check that <paramref name="predicate"/> picks passes.</summary>
    public void Map(string name, Func<HealthCheckMapContext, bool> predicate) => _mappings[name] = new ServiceMapping(name, predicate);

    /// <summary>Makes a service known.</summary>
    /// <exception cref="ArgumentException">The name is mapped already.</exception>
    public void Add(ServiceMapping service)
    {
        ArgumentNullException.ThrowIfNull(service);
        _mappings.Add(service.Name, service);
    }

    /// <summary>Makes a service unknown.</summary>
    public void Remove(string name) => _mappings.Remove(name);

    /// <summary>Makes every service unknown, the server as a whole included.</summary>
    public void Clear() => _mappings.Clear();

    /// <inheritdoc/>
    public IEnumerator<ServiceMapping> GetEnumerator() => _mappings.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal ServiceMapping? Find(string name) => _mappings.GetValueOrDefault(name);
}
