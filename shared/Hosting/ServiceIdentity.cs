using System.Reflection;

namespace Recommender.Hosting;

/// <summary>What this process calls itself in telemetry and in the records that it writes.</summary>
/// <param name="Name">Name of the service, e.g. <c>serving</c>.</param>
public sealed record ServiceIdentity(string Name)
{
    /// <summary>Version of the code, with the source revision where the build knew it.</summary>
    public string Version { get; } =
        typeof(ServiceIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
