namespace Recommender.Tests.EndToEnd.Build;

public sealed class DebianPackagesTests : IDisposable
{
    private readonly BuildSandbox _sandbox = new();

    [Fact]
    public async Task Nothing_is_installed_when_all_is_there()
    {
        var outcome = await _sandbox.Run("run");

        Assert.Equal(0, outcome.ExitCode);
        Assert.DoesNotContain(_sandbox.Calls, call => call.StartsWith("install", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_that_is_missing_is_installed_in_one_go_and_said_with_its_reason()
    {
        _sandbox.Set("LACKING", "redis-server gcc");
        _sandbox.Set("REGISTRY_SAYS", "NU1101: Unable to find package some.package.");

        var outcome = await _sandbox.Run("run");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Single(_sandbox.Calls, "install redis-server gcc");
        Assert.Contains("to keep the viewers' online state: redis-server.", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("to compile some.package: gcc.", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_root_or_sudo_the_command_to_type_is_named()
    {
        _sandbox.Set("LACKING", "redis-server");
        _sandbox.Tool("id", "echo 1000");

        var outcome = await _sandbox.Run("run");

        Assert.Equal(1, outcome.ExitCode);
        Assert.EndsWith("As root, type: apt-get install --no-install-recommends redis-server\n", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_sudo_that_asks_nothing_no_root_is_needed()
    {
        _sandbox.Set("LACKING", "redis-server");
        _sandbox.Tool("id", "echo 1000");
        _sandbox.Tool("sudo", "shift; \"$@\"");

        var outcome = await _sandbox.Run("run");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("install redis-server", _sandbox.Calls);
    }

    [Fact]
    public async Task A_failed_installation_ends_with_the_reason()
    {
        _sandbox.Set("LACKING", "redis-server");
        _sandbox.Tool("sh", "echo 'E: No space left'; exit 100");

        var outcome = await _sandbox.Run("run");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("could not be installed: E: No space left", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("build", _sandbox.Calls);
    }

    public void Dispose() => _sandbox.Dispose();
}
