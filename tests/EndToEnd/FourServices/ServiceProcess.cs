using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Net.Client;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.EndToEnd.FourServices;

/// <summary>One service as its own process, configured by environment variables alone.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private ServiceProcess(string name, Process process, int grpcPort, int httpPort)
    {
        Name = name;
        _process = process;
        HttpAddress = $"http://127.0.0.1:{httpPort}";
        Channel = GrpcChannel.ForAddress($"http://127.0.0.1:{grpcPort}");
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors) _errors.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    public string HttpAddress { get; }

    public GrpcChannel Channel { get; }

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
        var (grpcPort, httpPort) = (FreePort(), FreePort());
        var start = new ProcessStartInfo("dotnet", [DllOf(name)]) { RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var (key, value) in settings) start.Environment["RECOMMENDER_" + key] = value;
        start.Environment["RECOMMENDER_Server__GrpcPort"] = grpcPort.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["RECOMMENDER_Server__HttpPort"] = httpPort.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new ServiceProcess(name, Process.Start(start)!, grpcPort, httpPort);
    }

    /// <summary>Whether <c>/readyz</c> says that it can work.</summary>
    public async Task<bool> IsReadyAsync()
    {
        if (_process.HasExited) Assert.Fail($"{Name} ended with {_process.ExitCode}: {Errors}");
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
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    /// <summary>The service's own build output, beside the tests' one.</summary>
    private static string DllOf(string name)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(configuration.Parent!.Parent!.FullName, $"Recommender.{name}", configuration.Name, $"Recommender.{name}.dll");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
