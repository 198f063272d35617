using System.Diagnostics;
using System.Globalization;

namespace Recommender.Tests.Benchmarks.Events;

/// <summary>A service as a process of its own, with the runtime settings that it is deployed with, and its resident memory.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts a service whose program lies beside this one.</summary>
    /// <param name="program">File name of the program, with its extension.</param>
    /// <param name="arguments">Its settings.</param>
    public ServiceProcess(string program, IEnumerable<string> arguments)
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        _process = Process.Start(new ProcessStartInfo(host, [Path.Combine(AppContext.BaseDirectory, program), .. arguments]))!;
    }

    /// <summary>Mebibytes that are resident now.</summary>
    public double ResidentMegabytes => Read("VmRSS:");

    /// <summary>The most that ever was, mebibytes.</summary>
    public double PeakMegabytes => Read("VmHWM:");

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private double Read(string name)
    {
        if (_process.HasExited) throw new InvalidOperationException("The service has ended.");
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(name.Length, line.Length - name.Length - 2).Trim(), CultureInfo.InvariantCulture) / 1024;
    }
}
