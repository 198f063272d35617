using Recommender.Hosting;

namespace Recommender.Tests.Unit.Hosting;

public sealed class QuietThreadTests
{
    [Fact]
    public async Task Work_yields_to_all_others_and_nothing_else_does()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux gives threads shares of their own.");
        Assert.Equal(5, await QuietThread.RunAsync("test", NiceOfThisThread));
        Assert.NotEqual(5, NiceOfThisThread());
    }

    [Fact]
    public async Task An_exception_is_the_callers() =>
        Assert.Equal("why", (await Assert.ThrowsAsync<InvalidDataException>(() => QuietThread.RunAsync<int>("test", () => throw new InvalidDataException("why")))).Message);

    private static int NiceOfThisThread()
    {
        // Field 19 of the line, counted behind the name, which may hold blanks.
        var line = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[16], System.Globalization.CultureInfo.InvariantCulture);
    }
}
