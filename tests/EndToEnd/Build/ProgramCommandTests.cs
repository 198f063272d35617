namespace Recommender.Tests.EndToEnd.Build;

public sealed class ProgramCommandTests : IDisposable
{
    private readonly BuildSandbox _sandbox = new();

    [Fact]
    public async Task Arguments_folder_output_and_exit_code_are_the_programs_own()
    {
        _sandbox.Set("PROGRAM_EXITS", "7");

        var outcome = await _sandbox.Run("recommender", "import", "my file", "");

        Assert.Equal(7, outcome.ExitCode);
        Assert.Equal($"ran in {Path.GetDirectoryName(_sandbox.Root)} with <import><my file><>\n", outcome.Output);
    }

    [Fact]
    public async Task Run_passes_its_options_on()
    {
        var outcome = await _sandbox.Run("run", "--empty");

        Assert.EndsWith(" with <run><--empty>\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_second_time_nothing_is_built_or_said()
    {
        await _sandbox.Run("run");
        var outcome = await _sandbox.Run("run");

        Assert.Equal("", outcome.Error);
        Assert.Single(_sandbox.Calls, "build");
    }

    [Fact]
    public async Task A_changed_an_added_and_a_removed_source_each_cause_a_build()
    {
        await _sandbox.Run("recommender", "x");
        _sandbox.Write("shared/source.cs", "changed");
        await _sandbox.Run("recommender", "x");
        _sandbox.Write("services/added.cs", "");
        await _sandbox.Run("recommender", "x");
        File.Delete(Path.Combine(_sandbox.Root, "services/added.cs"));
        await _sandbox.Run("recommender", "x");

        Assert.Equal(4, _sandbox.Calls.Count(call => call == "build"));
    }

    [Fact]
    public async Task A_failed_build_shows_each_error_once_and_starts_nothing()
    {
        _sandbox.Set("COMPILER_SAYS", "CS1001: Identifier expected");

        var outcome = await _sandbox.Run("run");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("", outcome.Output);
        Assert.Equal(2, outcome.Error.Split("CS1001").Length);
    }

    [Fact]
    public async Task After_a_failed_build_the_next_one_is_not_taken_for_done()
    {
        await _sandbox.Run("run");
        _sandbox.Write("shared/source.cs", "wrong");
        _sandbox.Set("COMPILER_SAYS", "CS1001: Identifier expected");
        await _sandbox.Run("run");
        var outcome = await _sandbox.Run("run");

        Assert.Equal(1, outcome.ExitCode);
    }

    public void Dispose() => _sandbox.Dispose();
}
