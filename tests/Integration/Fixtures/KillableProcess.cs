using System.Diagnostics;
using System.Text;

namespace Recommender.Tests.Fixtures;

/// <summary>A service as a process of its own, which can be killed and frozen.</summary>
public sealed class KillableProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private KillableProcess(string service, IEnumerable<string> settings)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, $"Recommender.{service}.dll");
        string[] arguments = [assembly, "--Server:GrpcPort=0", "--Server:HttpPort=0", .. settings.Select(s => "--" + s)];
        _process = new Process { StartInfo = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true } };
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it wrote so far.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Starts it; it is not ready yet.</summary>
    /// <param name="service">Its name, e.g. <c>Features</c>.</param>
    /// <param name="settings">Its settings, e.g. <c>Kafka:Partitions=4</c>.</param>
    public static KillableProcess Start(string service, IEnumerable<string> settings) => new(service, settings);

    /// <summary>SIGKILL: it has no say in it.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        await Eventually.TrueAsync(() => _process.HasExited);
        return _process.ExitCode;
    }

    /// <summary>Waits until it ends by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await Eventually.TrueAsync(() => _process.HasExited);
        _process.WaitForExit(); // for its last words
        return _process.ExitCode;
    }

    /// <summary>SIGSTOP: it stands still and does not know it.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        // The report of a test that failed shows it.
        TestContext.Current.TestOutputHelper?.WriteLine($"The last that process {_process.Id} wrote:\n{string.Join('\n', Output.Split('\n').TakeLast(60))}");
        _process.Dispose();
    }

    private Task SignalAsync(string signal) => Tool.SignalAsync(_process.Id, signal);

    private void Note(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }
}
