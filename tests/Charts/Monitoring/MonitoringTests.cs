using System.Text;
using System.Text.Json;
using Recommender.Tests.Fixtures;
using YamlDotNet.RepresentationModel;

namespace Recommender.Tests.Charts.Monitoring;

/// <summary>Alerts and dashboards ask for what the services expose, fire when they should, and lead to a runbook.</summary>
public class MonitoringTests(ServicesFixture services) : IClassFixture<ServicesFixture>
{
    /// <summary>Labels that the scrape adds, and metrics that the cluster has.</summary>
    private static readonly string[] s_scraped = ["namespace", "pod", "job", "service"];
    private static readonly string[] s_ofTheCluster = ["kube_job_status_failed"];

    [Fact]
    public async Task Promtool_takes_the_rules_and_every_alert_fires_when_it_should()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(Path.Combine(directory.Path, "rules.yaml"), await RulesAsync());
        foreach (var test in Directory.EnumerateFiles(Repository.PathOf("tests/Charts/Monitoring"), "*.test.yaml"))
            File.Copy(test, Path.Combine(directory.Path, Path.GetFileName(test)));
        var check = await Tool.RunAsync(ChartTools.Promtool, ["check", "rules", Path.Combine(directory.Path, "rules.yaml")]);
        Assert.True(check.Code == 0, check.Output + check.Errors);
        var tested = await Tool.RunAsync(ChartTools.Promtool, ["test", "rules", .. Directory.EnumerateFiles(directory.Path, "*.test.yaml")]);
        Assert.True(tested.Code == 0, tested.Output + tested.Errors);
    }

    [Fact]
    public async Task Every_alert_has_a_runbook_and_every_runbook_an_alert()
    {
        var alerts = (await AlertsAsync()).ToArray();
        Assert.All(alerts, a => Assert.Equal($"https://example.com/recommender/k8s/runbooks/{a.Text("alert")}.md", a.Text("annotations", "runbook_url")));
        Assert.All(alerts, a => Assert.Contains(a.Text("labels", "severity"), (string[])["page", "ticket"]));
        Assert.Equal(
            Directory.EnumerateFiles(Repository.PathOf("k8s/runbooks"), "*.md").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal),
            alerts.Select(a => a.Text("alert")).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Rules_ask_only_for_metrics_and_labels_that_the_services_expose()
    {
        var queries = (await RuleNodesAsync()).Select(r => r.Text("expr")!).ToArray();
        Assert.NotEmpty(queries);
        AssertExposed(queries);
    }

    [Fact]
    public async Task Dashboards_ask_only_for_metrics_and_labels_that_the_services_expose()
    {
        var queries = (await DashboardsAsync()).SelectMany(Queries).ToArray();
        Assert.True(queries.Length > 20);
        AssertExposed(queries);
        var rules = new StringBuilder("groups:\n- name: dashboards\n  rules:\n");
        foreach (var query in queries) rules.Append("  - record: a:b\n    expr: ").Append(JsonSerializer.Serialize(query)).Append('\n');
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.Path, "queries.yaml");
        await File.WriteAllTextAsync(path, rules.ToString());
        var (code, output, errors) = await Tool.RunAsync(ChartTools.Promtool, ["check", "rules", "--lint=none", path]);
        Assert.True(code == 0, output + errors);
    }

    [Fact]
    public async Task Panels_have_ids_of_their_own_and_do_not_lie_upon_each_other()
    {
        foreach (var board in await DashboardsAsync())
        {
            var panels = board.GetProperty("panels").EnumerateArray().ToArray();
            Assert.Equal(panels.Length, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
            Assert.Equal(panels.Length, panels.Select(p => (p.GetProperty("gridPos").GetProperty("x").GetInt32(), p.GetProperty("gridPos").GetProperty("y").GetInt32())).Distinct().Count());
        }
    }

    [Fact]
    public void A_metric_or_label_that_does_not_exist_would_be_seen()
    {
        Assert.ThrowsAny<Exception>(() => AssertExposed(["sum(rate(recommender_serving_request_seconds_count[5m]))"]));
        Assert.ThrowsAny<Exception>(() => AssertExposed(["sum(rate(recommender_serving_request_duration_seconds_count{methd=\"Recommend\"}[5m]))"]));
    }

    private void AssertExposed(IEnumerable<string> queries)
    {
        foreach (var (metric, labels) in queries.SelectMany(PromQl.Selectors).Where(s => !s_ofTheCluster.Contains(s.Metric)))
        {
            Assert.True(services.Metrics.TryGetValue(metric, out var exposed), metric + " is not exposed");
            if (exposed!.Count > 0) Assert.All(labels.Except(s_scraped), label => Assert.Contains(label, exposed));
        }
    }

    private static async Task<string> RulesAsync()
    {
        var rule = (await Helm.ManifestsAsync("monitoring-values.yaml")).Single(m => m.Kind == "PrometheusRule");
        var text = new StringWriter();
        new YamlStream(new YamlDocument((YamlMappingNode)rule.Root.At("spec")!)).Save(text, assignAnchors: false);
        return text.ToString();
    }

    private static async Task<IEnumerable<YamlNode>> RuleNodesAsync() =>
        (await Helm.ManifestsAsync("monitoring-values.yaml")).Single(m => m.Kind == "PrometheusRule").Root.Items("spec", "groups").SelectMany(g => g.Items("rules"));

    private static async Task<IEnumerable<YamlNode>> AlertsAsync() => (await RuleNodesAsync()).Where(r => r.Text("alert") is not null);

    private static async Task<IReadOnlyList<JsonElement>> DashboardsAsync() =>
    [
        .. (await Helm.ManifestsAsync("monitoring-values.yaml")).Where(m => m.Kind == "ConfigMap" && m.Name.Contains("-dashboard-", StringComparison.Ordinal))
            .SelectMany(m => m.Root.Map("data").Values).Select(json => JsonDocument.Parse(json).RootElement),
    ];

    private static IEnumerable<string> Queries(JsonElement board) =>
        board.GetProperty("panels").EnumerateArray().SelectMany(p => p.GetProperty("targets").EnumerateArray()).Select(t => t.GetProperty("expr").GetString()!);
}
