namespace Recommender.Tests.EndToEnd.Build;

public sealed class TestCommandTests : IDisposable
{
    private readonly BuildSandbox _sandbox = new();

    public TestCommandTests()
    {
        _sandbox.Set("UNIT_RESULT", Result(passed: 40, failed: 0, skipped: 2));
        _sandbox.Set("INTEGRATION_RESULT", Result(passed: 2, failed: 0, skipped: 1));
    }

    [Fact]
    public async Task The_last_line_is_the_sum_over_all_projects()
    {
        var outcome = await _sandbox.Run("test");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal("42 passed, 0 failed, 3 skipped", outcome.LastLine);
    }

    [Fact]
    public async Task A_failed_test_fails_the_command()
    {
        _sandbox.Set("INTEGRATION_RESULT", Result(passed: 1, failed: 1, skipped: 0));

        var outcome = await _sandbox.Run("test");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("41 passed, 1 failed, 2 skipped", outcome.LastLine);
    }

    [Fact]
    public async Task What_failed_is_told_again_in_front_of_the_last_line()
    {
        _sandbox.Set("UNIT_RESULT", Result(passed: 40, failed: 0, skipped: 0));
        _sandbox.Set("INTEGRATION_RESULT", Result(passed: 1, failed: 1, skipped: 0, errors: 1));
        _sandbox.Set("TOLD", """
            <errors><error type="test-class-cleanup" name="Some.Tests"><failure><message><![CDATA[No way back]]></message></failure></error></errors>
            <collection><test id="1" name="Some.Tests.Works" type="Some.Tests" result="Pass" />
            <test id="2" name="Some.Tests.Adds(a: &quot;x &lt; y&quot;)" type="Some.Tests" result="Fail"><failure exception-type="E"><message><![CDATA[Values differ
            Expected: 1 & \"2\"
            Actual:   3]]></message><stack-trace><![CDATA[at Some.Tests]]></stack-trace></failure></test></collection>
            """);

        var outcome = await _sandbox.Run("test", "Integration");

        Assert.EndsWith("""
            Failed:
              Some.Tests
                  No way back
              Some.Tests.Adds(a: "x < y")
                  Values differ
                  Expected: 1 & "2"
                  Actual:   3
            1 passed, 2 failed, 0 skipped

            """, outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_outside_of_any_test_count_as_failures()
    {
        _sandbox.Set("UNIT_RESULT", Result(passed: 40, failed: 0, skipped: 0, errors: 2));

        var outcome = await _sandbox.Run("test");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("42 passed, 2 failed, 1 skipped", outcome.LastLine);
    }

    [Fact]
    public async Task A_project_that_breaks_off_counts_as_a_failure_and_the_others_still_run()
    {
        _sandbox.Set("UNIT_RESULT", "");

        var outcome = await _sandbox.Run("test");

        Assert.Equal(1, outcome.ExitCode);
        Assert.EndsWith("Failed:\nUnit tests broke off with exit code 1.\n2 passed, 1 failed, 1 skipped\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_test_at_all_is_a_failure()
    {
        _sandbox.Set("UNIT_RESULT", Result(passed: 0, failed: 0, skipped: 0));

        var outcome = await _sandbox.Run("test", "--filter", "nonsense", "Unit");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("0 passed, 0 failed, 0 skipped", outcome.LastLine);
    }

    [Fact]
    public async Task Only_the_projects_named_are_run()
    {
        var outcome = await _sandbox.Run("test", "Integration");

        Assert.Equal("2 passed, 0 failed, 1 skipped", outcome.LastLine);
    }

    [Theory]
    [InlineData(0, "43 passed, 0 failed, 3 skipped")]
    [InlineData(77, "42 passed, 0 failed, 4 skipped")]
    [InlineData(3, "42 passed, 1 failed, 3 skipped")]
    public async Task The_images_count_as_one_test(int exitCode, string sum)
    {
        _sandbox.Write("build/images-test", $"echo 'build: what it has to say' >&2; exit {exitCode}");

        var outcome = await _sandbox.Run("test", "--images");

        Assert.Equal(sum, outcome.LastLine);
        Assert.Equal(exitCode is 0 or 77 ? 0 : 1, outcome.ExitCode);
        Assert.Contains("what it has to say", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode == 77, outcome.Output.Contains("Images: SKIPPED", StringComparison.Ordinal));
        Assert.Equal(exitCode == 3, outcome.Output.Contains("Failed:\nImages ended with 3; the last that it said:\n      build: what it has to say\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unknown_project_is_refused_with_the_names_that_exist()
    {
        var outcome = await _sandbox.Run("test", "Units");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("build: There is no test project Units; there are: Unit Integration.\n", outcome.Error);
    }

    [Fact]
    public async Task The_npm_packages_are_installed_once()
    {
        await _sandbox.Run("test");
        var calls = _sandbox.Calls.Count(c => c == "npm");
        await _sandbox.Run("test");

        Assert.Equal((2, 2), (calls, _sandbox.Calls.Count(c => c == "npm"))); // gRPC clients and the S3 server
    }

    public void Dispose() => _sandbox.Dispose();

    private static string Result(int passed, int failed, int skipped, int errors = 0) =>
        $"errors=\"{errors}\" failed=\"{failed}\" not-run=\"0\" passed=\"{passed}\" skipped=\"{skipped}\"";
}
