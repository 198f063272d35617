using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recommender.Standalone.Embedded;

/// <summary>
/// Finds the file of librdkafka that can be loaded here, among those of its NuGet package and in Confluent.Kafka's order: the first one needs
/// the system's Kerberos library (libsasl2), the others do without it.
/// </summary>
internal static class LibrdkafkaResolver
{
    /// <summary>The name under which native functions ask for the library.</summary>
    public const string Library = "librdkafka";

    private static readonly string[] Candidates = [Library, "centos8-librdkafka", "alpine-librdkafka"];

    /// <summary>Takes effect with the assembly, before its first call of the library.</summary>
    [ModuleInitializer]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(LibrdkafkaResolver).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Library)
            return 0;

        foreach (var candidate in Candidates)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, searchPath, out var handle))
                return handle;
        }

        // The runtime's own search fails then, with a message that names every place and what was missing there.
        return 0;
    }
}
