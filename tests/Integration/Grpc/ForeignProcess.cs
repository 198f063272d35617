using System.Diagnostics;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>A program of another language, ended with the test that started it.</summary>
internal sealed class ForeignProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private ForeignProcess(Process process) => (_process, _errors) = (process, process.StandardError.ReadToEndAsync());

    public static ForeignProcess Start(ProcessStartInfo command) => new(Process.Start(command)!);

    /// <summary>Runs a program to its end: exit code, output, errors.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        ProcessStartInfo command, CancellationToken cancellationToken)
    {
        await using var process = Start(command);
        process._process.StandardInput.Close();
        var output = await process._process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process._process.WaitForExitAsync(cancellationToken);
        return (process._process.ExitCode, output, await process._errors);
    }

    /// <summary>The next line that the program prints.</summary>
    public async Task<string> ReadLineAsync(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken)
        ?? throw new InvalidOperationException($"{_process.StartInfo.FileName} ended: {await _errors}");

    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
