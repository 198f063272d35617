using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Recommender.Standalone.Embedded;

/// <summary>One run of redis-server.</summary>
internal sealed partial class RedisProcess
{
    /// <summary>SIGKILL.</summary>
    public const int Kill = 9;

    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _output = new();

    /// <summary>Its process id.</summary>
    public int Id { get; private set; }

    /// <summary>Ends with the process; the result is its exit code.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>Starts the server.</summary>
    /// <exception cref="EmbeddedStartException">It is not installed or can't be run.</exception>
    public static async Task<RedisProcess> StartAsync(string directory, int port, ILogger logger)
    {
        var server = Find("redis-server")
            ?? throw new EmbeddedStartException("redis-server is not installed; install it with: apt-get install redis-server");
        var info = Describe(server, directory, port, logger);
        var process = new RedisProcess();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // The kernel sends the parent-death signal when the THREAD that started the child ends, so that thread must stay with it.
        new Thread(() => process.Run(info, started)) { IsBackground = true, Name = "redis-server" }.Start();
        await started.Task;
        return process;
    }

    /// <summary>Sends a signal, if the process is still there.</summary>
    public void Signal(int signal)
    {
        if (!Exited.IsCompleted)
            _ = SendSignal(Id, signal);
    }

    /// <summary>Sends a signal to a process that is not a child.</summary>
    public static bool Signal(int processId, int signal) => SendSignal(processId, signal) == 0;

    /// <summary>Whether the process ends in time.</summary>
    public async Task<bool> ExitsWithinAsync(TimeSpan timeout, TimeProvider time)
    {
        try
        {
            await Exited.WaitAsync(timeout, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>What it said before it ended, from its output or its log.</summary>
    public string LastWords(string directory)
    {
        lock (_output)
        {
            if (_output.Length > 0)
                return OneLine(_output.ToString().Split('\n'));
        }

        var log = Path.Combine(directory, "redis.log");
        return File.Exists(log) ? OneLine(File.ReadLines(log)) : "it said nothing";
    }

    private static string OneLine(IEnumerable<string> lines) =>
        string.Join(" ", lines.Select(l => l.Trim()).Where(l => l.Length > 0).TakeLast(4));

    private void Run(ProcessStartInfo info, TaskCompletionSource started)
    {
        try
        {
            using var process = new Process { StartInfo = info };
            process.OutputDataReceived += (_, line) => Keep(line.Data);
            process.ErrorDataReceived += (_, line) => Keep(line.Data);
            process.Start();
            Id = process.Id;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            started.SetResult();
            process.WaitForExit();
            _exited.SetResult(process.ExitCode);
        }
        catch (Win32Exception e)
        {
            var failure = new EmbeddedStartException($"redis-server could not be run: {e.Message}", e);
            started.TrySetException(failure);
            _exited.TrySetException(failure);
        }
    }

    private void Keep(string? line)
    {
        // With its log in a file, it only speaks up when it can't read its arguments.
        lock (_output)
        {
            if (line is not null && _output.Length < 2000)
                _output.AppendLine(line);
        }
    }

    private static ProcessStartInfo Describe(string server, string directory, int port, ILogger logger)
    {
        string[] command = [server, .. Arguments(directory, port)];
        if (Find("setsid") is { } setsid && Find("setpriv") is { } setpriv)
            command = [setsid, setpriv, "--pdeathsig", "TERM", .. command]; // a session of its own, so that Ctrl-C does not reach it
        else
            EmbeddedLog.RedisMayOutlive(logger);

        return new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
    }

    private static string[] Arguments(string directory, int port) =>
    [
        "--port", port.ToString(CultureInfo.InvariantCulture),
        "--bind", "127.0.0.1",
        "--dir", directory,
        "--appendonly", "yes",
        "--appendfsync", "everysec",
        "--save", "",
        "--daemonize", "no",
        "--pidfile", RedisLeftover.PidFile(directory),
        "--logfile", Path.Combine(directory, "redis.log"),
    ];

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Concat(["/usr/bin", "/usr/local/bin", "/usr/sbin"])
        .Select(d => Path.Combine(d, program))
        .FirstOrDefault(File.Exists);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
