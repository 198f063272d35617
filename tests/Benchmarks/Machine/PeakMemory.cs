using System.Globalization;

namespace Recommender.Tests.Benchmarks.Machine;

/// <summary>The largest resident memory of this process since a moment of one's choice, from Linux.</summary>
internal static class PeakMemory
{
    /// <summary>Collects garbage and forgets the peak so far.</summary>
    public static void Reset()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (OperatingSystem.IsLinux()) File.WriteAllText("/proc/self/clear_refs", "5");
    }

    /// <summary>The peak since then, in MB; NaN on another system.</summary>
    public static double Megabytes => Status("VmHWM:");

    /// <summary>The resident memory now, in MB; NaN on another system.</summary>
    public static double Now => Status("VmRSS:");

    private static double Status(string key)
    {
        if (!OperatingSystem.IsLinux()) return double.NaN;
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(key, StringComparison.Ordinal));
        return double.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1000;
    }
}
