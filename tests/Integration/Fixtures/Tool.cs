using System.Diagnostics;

namespace Recommender.Tests.Fixtures;

/// <summary>Programs of the system that tests use as foreign clients.</summary>
public static class Tool
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    /// <summary>Skips the test, saying why, where a program is not installed.</summary>
    public static string Require(string program, string package)
    {
        var path = Find(program);
        Assert.SkipWhen(path is null, $"{program} is not installed; install it with: apt-get install {package}");
        return path!;
    }

    /// <summary>Where a program is, or <see langword="null"/>.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);

    /// <summary>Debian's Python, which sees Debian's packages; skips the test, saying why, where a module is missing.</summary>
    public static async Task<string> RequirePythonAsync(string module, string package)
    {
        const string Python = "/usr/bin/python3";
        var isThere = File.Exists(Python) && (await RunAsync(Python, ["-c", $"import {module}"])).Code == 0;
        Assert.SkipUnless(isThere, $"The Python module {module} is not installed; install it with: apt-get install {package}");
        return Python;
    }

    /// <summary>Sends a signal such as <c>TERM</c>, by the shell: the program of that name is not on every machine.</summary>
    public static async Task SignalAsync(int process, string signal)
    {
        var (code, _, errors) = await RunAsync("/bin/sh", ["-c", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"kill -{signal} {process}")]);
        Assert.True(code == 0, errors);
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        string program, IEnumerable<string> arguments, string input = "", params IEnumerable<(string Name, string Value)> environment)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        foreach (var (name, value) in environment) process.StartInfo.Environment[name] = value;
        process.Start();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
