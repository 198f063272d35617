using Recommender.Standalone.Embedded;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.EndToEnd.Standalone;

/// <summary>A system that is stopped and started while a client streams into it.</summary>
public sealed class RestartDuringImportTests
{
    private const int Viewers = 4000;
    private const int Each = 25;

    [Fact]
    public async Task A_stop_in_the_middle_of_an_import_is_clean_and_the_import_goes_on_after_the_next_start()
    {
        using var data = new TempDirectory();
        using var files = new TempDirectory();
        var path = Path.Combine(files.Path, "big");
        File.WriteAllText(path, string.Concat(Enumerable.Range(0, Viewers).Select(u => $"big{u} {string.Join(' ', Enumerable.Range(0, Each).Select(i => $"b{(u * 7 + i * 13) % 900}"))}\n")));
        using var port = new ReservedPort();
        await using var first = await RunningSystem.StartAsync(data.Path, "--empty", "--grpc-port", $"{port.Number}");
        await using var import = RecommenderProcess.Start(["import", "--format", "sequences", path, "--checkpoints", files.Path, "--to", first.Grpc]);
        await Eventually.TrueAsync(() => Directory.EnumerateFiles(files.Path, "*.json").Any());

        Assert.Equal(0, await first.Process.InterruptAsync());
        Assert.False(import.HasExited);
        await import.WaitForAsync("the system does not take events now");
        Assert.DoesNotContain("fail:", first.Process.Errors, StringComparison.Ordinal);

        await using var second = await RunningSystem.StartAsync(data.Path, "--empty", "--grpc-port", $"{port.Number}");
        Assert.Equal(0, await import.ExitAsync());
        Assert.Contains($"events accepted  {Viewers * Each,12:N0}", import.Output, StringComparison.Ordinal);
        for (var u = 0; u < Viewers; u += 97) await Eventually.TrueAsync(async () => (await second.UserAsync($"big{u}")).Views == Each);
    }
}
