using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Grpc.Net.Client;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.EndToEnd.FourServices;

/// <summary>One service as its own process, configured by environment variables alone, on ports that the system chose.</summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly Lazy<GrpcChannel> _channel;

    private ServiceProcess(string name, Process process)
    {
        Name = name;
        _process = process;
        _channel = new(() => GrpcChannel.ForAddress(GrpcAddress));
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors) _errors.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    /// <summary>Address of gRPC, once it is ready.</summary>
    public string GrpcAddress => Addresses()[0];

    /// <summary>Address of health and metrics, once it is ready.</summary>
    public string HttpAddress => Addresses()[1];

    /// <summary>A channel to it, once it is ready.</summary>
    public GrpcChannel Channel => _channel.Value;

    /// <summary>What it said on standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    /// <summary>Starts <c>dotnet Recommender.{name}.dll</c> with the settings as environment variables.</summary>
    public static ServiceProcess Start(string name, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var start = new ProcessStartInfo("dotnet", [DllOf(name)]) { RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var (key, value) in settings) start.Environment["RECOMMENDER_" + key] = value;
        start.Environment["RECOMMENDER_Server__GrpcPort"] = "0";
        start.Environment["RECOMMENDER_Server__HttpPort"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0"; // processes that live for a minute don't earn what counting for it costs
        start.Environment["RECOMMENDER_Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information"; // it tells the addresses
        return new ServiceProcess(name, Process.Start(start)!);
    }

    /// <summary>Whether <c>/readyz</c> says that it can work.</summary>
    public async Task<bool> IsReadyAsync()
    {
        if (_process.HasExited) Assert.Fail($"{Name} ended with {_process.ExitCode}: {Errors}");
        if (Addresses().Length < 2) return false;
        using var http = new HttpClient();
        try
        {
            return (await http.GetAsync(HttpAddress + "/readyz")).StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await Eventually.TrueAsync(() => _process.HasExited, Name + " ends");
        return _process.ExitCode;
    }

    /// <summary>Kills it as a crash would (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end (SIGTERM) and returns its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        await Tool.SignalAsync(_process.Id, "TERM");
        return await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel.IsValueCreated) Channel.Dispose();
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    /// <summary>The service's own build output, beside the tests' one.</summary>
    private static string DllOf(string name)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(configuration.Parent!.Parent!.FullName, $"Recommender.{name}", configuration.Name, $"Recommender.{name}.dll");
    }

    private string[] Addresses() => [.. Listening().Matches(Errors).Select(m => m.Groups["address"].Value)];

    [GeneratedRegex(@"Now listening on: (?<address>http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}
