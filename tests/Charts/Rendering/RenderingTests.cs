namespace Recommender.Tests.Charts.Rendering;

/// <summary>The chart renders with both major versions of helm in use, for every file of values it brings.</summary>
public class RenderingTests
{
    public static TheoryData<string> ValueFiles => [.. Repository.ValueFiles()];

    [Theory]
    [MemberData(nameof(ValueFiles))]
    public async Task Both_helms_find_nothing_to_complain_of_and_render_the_same(string valueFile)
    {
        foreach (var helm in (string[])[ChartTools.Helm, ChartTools.OlderHelm])
        {
            var (code, output, errors) = await Helm.RunAsync(helm, "lint", "--strict", Repository.Chart, "--values", Path.Combine(Repository.Chart, "ci", valueFile));
            Assert.True(code == 0, output + errors);
        }
        Assert.Equal(await Helm.TextAsync(ChartTools.Helm, valueFile), await Helm.TextAsync(ChartTools.OlderHelm, valueFile));
    }

    [Fact]
    public async Task One_install_without_any_value_renders_all_four_services_and_their_training()
    {
        var manifests = await Helm.ManifestsAsync("default-values.yaml");
        Assert.Equal(
            ["rec-recommender-features", "rec-recommender-ingestion", "rec-recommender-serving", "rec-recommender-training"],
            manifests.Where(m => m.Kind == "Deployment").Select(m => m.Name).Order(StringComparer.Ordinal));
        Assert.Single(manifests, m => m.Kind == "CronJob");
        Assert.DoesNotContain(manifests, m => m.Kind is "StatefulSet" or "Secret");
        Assert.All(manifests.Where(m => m.Kind != "PriorityClass"), m => Assert.Equal(Helm.Namespace, m.Root.Text("metadata", "namespace")));
    }

    [Theory]
    [MemberData(nameof(ValueFiles))]
    public async Task Names_are_unique_and_short_enough(string valueFile)
    {
        var manifests = await Helm.ManifestsAsync(valueFile);
        Assert.Empty(manifests.GroupBy(m => m.ToString()).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.All(manifests, m => Assert.InRange(m.Name.Length, 1, m.Kind == "CronJob" ? 52 : 63));
    }

    [Fact]
    public async Task A_long_release_name_still_gives_names_that_Kubernetes_takes()
    {
        var (code, output, errors) = await Helm.RunAsync(
            ChartTools.Helm, "template", "a-name-as-long-as-helm-takes-it-for-a-release-abcdef1", Repository.Chart,
            "--values", Path.Combine(Repository.Chart, "ci/tls-values.yaml"));
        Assert.True(code == 0, errors);
        Assert.All(Manifest.ReadAll(output), m => Assert.InRange(m.Name.Length, 1, m.Kind == "CronJob" ? 52 : 63));
    }

    [Fact]
    public async Task The_notes_give_three_commands_that_verify_the_release()
    {
        var (code, output, errors) = await Helm.RunAsync(ChartTools.Helm, "install", Helm.Release, Repository.Chart, "--namespace", Helm.Namespace, "--dry-run=client");
        Assert.True(code == 0, errors);
        var notes = output[output.IndexOf("NOTES:", StringComparison.Ordinal)..];
        Assert.Contains("rollout status deployment", notes, StringComparison.Ordinal);
        Assert.Contains("helm test rec --namespace media", notes, StringComparison.Ordinal);
        Assert.Contains("/services/rec-recommender-ingestion:http/proxy/readyz", notes, StringComparison.Ordinal);
        Assert.Contains("rec-recommender-serving-headless.media.svc:5050", notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_chart_packages_without_its_test_values()
    {
        using var directory = new Fixtures.TempDirectory();
        var (code, _, errors) = await Helm.RunAsync(ChartTools.Helm, "package", Repository.Chart, "--destination", directory.Path);
        Assert.True(code == 0, errors);
        var (listed, names, _) = await Fixtures.Tool.RunAsync("tar", ["tzf", Directory.EnumerateFiles(directory.Path, "*.tgz").Single()]);
        Assert.Equal(0, listed);
        Assert.Contains("recommender/values.schema.json", names, StringComparison.Ordinal);
        Assert.Contains("recommender/UPGRADING.md", names, StringComparison.Ordinal);
        Assert.DoesNotContain("recommender/ci/", names, StringComparison.Ordinal);
    }
}
