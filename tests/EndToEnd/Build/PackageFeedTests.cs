namespace Recommender.Tests.EndToEnd.Build;

public sealed class PackageFeedTests : IDisposable
{
    private const string Absent = "NU1101: Unable to find package some.package.";
    private readonly BuildSandbox _sandbox = new();

    [Fact]
    public async Task A_package_that_the_registry_lacks_is_made_once()
    {
        _sandbox.Set("REGISTRY_SAYS", Absent);

        var first = await _sandbox.Run("run");
        _sandbox.Write("services/another.cs", "");
        var second = await _sandbox.Run("run");

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Equal(["restore", "made", "build", "build"], _sandbox.Calls);
        Assert.True(File.Exists(Path.Combine(_sandbox.Root, "build/feed/some.package.1.2.3.nupkg")));
    }

    [Fact]
    public async Task A_package_that_the_registry_has_is_asked_for_once_and_never_made()
    {
        await _sandbox.Run("run");
        _sandbox.Write("services/another.cs", "");
        await _sandbox.Run("run");

        Assert.Equal(["restore", "build", "build"], _sandbox.Calls);
    }

    [Fact]
    public async Task A_registry_out_of_reach_is_no_reason_to_make_a_package()
    {
        _sandbox.Set("REGISTRY_SAYS", "NU1301: Unable to load the service index.");

        var outcome = await _sandbox.Run("run");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("NuGet could not look for some.package: x : error NU1301: Unable to load the service index.", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(["restore"], _sandbox.Calls);
    }

    [Fact]
    public async Task A_raised_revision_replaces_the_package_and_the_copy_that_NuGet_keeps()
    {
        var kept = Path.Combine(Path.GetDirectoryName(_sandbox.Root)!, "kept");
        _sandbox.Set("NUGET_PACKAGES", kept);
        _sandbox.Set("REGISTRY_SAYS", Absent);
        await _sandbox.Run("run");
        Directory.CreateDirectory(Path.Combine(kept, "some.package", "1.2.3"));

        _sandbox.Write("build/packages/some.package/recipe.sh", "version=1.2.3\nrevision=2\ntools=(gcc)\nduration=quick\n");
        await _sandbox.Run("run");

        Assert.Equal(2, _sandbox.Calls.Count(call => call == "made"));
        Assert.False(Directory.Exists(Path.Combine(kept, "some.package", "1.2.3")));
    }

    [Theory]
    [InlineData("Stand-in, revision 1: the native library", true)]
    [InlineData("Stand-in, revision 0: the native library", false)]
    public async Task A_stand_in_that_NuGet_keeps_already_is_used_again_when_it_is_of_this_revision(string description, bool used)
    {
        var kept = Path.Combine(Path.GetDirectoryName(_sandbox.Root)!, "kept");
        Directory.CreateDirectory(Path.Combine(kept, "some.package", "1.2.3"));
        File.WriteAllText(Path.Combine(kept, "some.package/1.2.3/some.package.nuspec"), description);
        File.WriteAllText(Path.Combine(kept, "some.package/1.2.3/some.package.1.2.3.nupkg"), "kept");
        _sandbox.Set("NUGET_PACKAGES", kept);
        _sandbox.Set("REGISTRY_SAYS", Absent);

        await _sandbox.Run("run");

        Assert.Equal(used, !_sandbox.Calls.Contains("made"));
        Assert.Equal(used ? "kept" : "", File.ReadAllText(Path.Combine(_sandbox.Root, "build/feed/some.package.1.2.3.nupkg")));
    }

    public void Dispose() => _sandbox.Dispose();
}
