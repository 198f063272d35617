using System.Diagnostics;
using System.Text;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.EndToEnd.Standalone;

/// <summary>The built <c>recommender</c> program as a process of its own.</summary>
internal sealed class RecommenderProcess : IAsyncDisposable
{
    // Not a speed limit: only a program that hangs takes this long, however busy the machine is.
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private RecommenderProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <summary>Starts the program.</summary>
    public static RecommenderProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        // Whoever runs tests in the background has SIGINT ignored, which children inherit; here Ctrl-C must reach the program.
        var info = new ProcessStartInfo("env", ["--default-signal=INT", dotnet, Path.Combine(AppContext.BaseDirectory, "recommender.dll"), .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        // A busy test machine must not look like a slow Redis.
        info.Environment["RECOMMENDER_Redis__Timeout"] = "00:00:20";
        info.Environment["RECOMMENDER_Serving__ReadTimeout"] = "00:00:05";
        foreach (var (key, value) in environment ?? new Dictionary<string, string>()) info.Environment[key] = value;
        var started = new RecommenderProcess(new Process { StartInfo = info });
        started._process.Start();
        started._process.StandardInput.Close();
        started._process.BeginOutputReadLine();
        started._process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<Finished> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        var code = await process.ExitAsync();
        return new Finished(code, process.Output, process.Errors);
    }

    /// <summary>Waits until the output contains the text.</summary>
    public async Task WaitForAsync(string text)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            var isLate = TimeProvider.System.GetElapsedTime(begin) > s_deadline;
            if (HasExited || isLate) Assert.Fail($"The program {(isLate ? "hangs" : "ended")} without saying '{text}'. It said:\n{Output}\n{Errors}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>As Ctrl-C does.</summary>
    public Task<int> InterruptAsync() => SignalAsync("INT");

    /// <summary>As a supervisor does.</summary>
    public Task<int> TerminateAsync() => SignalAsync("TERM");

    /// <summary>Without any warning.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(s_deadline);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    /// <summary>Processes whose parent this one is.</summary>
    public int[] Children() =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _)).Select(n => int.Parse(n!, null)).Where(id => ParentOf(id) == Id),
    ];

    /// <summary>Whether the process is there.</summary>
    public static bool IsAlive(int id) => ParentOf(id) is not null;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<int> SignalAsync(string signal)
    {
        await Tool.SignalAsync(Id, signal);
        return await ExitAsync();
    }

    private static int? ParentOf(int id)
    {
        try
        {
            // "pid (comm) state ppid ..."; a zombie has ended.
            var fields = File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields[0] == "Z" ? null : int.Parse(fields[1], null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
            if (line is not null) text.AppendLine(line);
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}

/// <summary>What a command said.</summary>
internal sealed record Finished(int Code, string Output, string Errors);
