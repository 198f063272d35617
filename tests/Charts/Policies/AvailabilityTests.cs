namespace Recommender.Tests.Charts.Policies;

/// <summary>Nothing that is planned takes a service away: upgrades, drains of nodes, scaling.</summary>
public class AvailabilityTests
{
    public static TheoryData<string> ValueFiles => [.. Repository.ValueFiles()];

    [Theory]
    [MemberData(nameof(ValueFiles))]
    public async Task An_upgrade_adds_before_it_takes_and_waits_for_calls_in_progress(string valueFile)
    {
        var manifests = await Helm.ManifestsAsync(valueFile);
        foreach (var deployment in manifests.Where(m => m.Kind == "Deployment"))
        {
            var trainsItself = deployment.Root.Text("spec", "strategy", "type") == "Recreate";
            Assert.Equal(trainsItself, deployment.Name.EndsWith("-training", StringComparison.Ordinal) && manifests.All(m => m.Kind != "CronJob"));
            if (!trainsItself)
            {
                Assert.Equal("0", deployment.Root.Text("spec", "strategy", "rollingUpdate", "maxUnavailable"));
                Assert.NotEqual("0", deployment.Root.Text("spec", "strategy", "rollingUpdate", "maxSurge"));
            }
            var service = deployment.Pod.Items("spec", "containers").First();
            var pause = service.Number("lifecycle", "preStop", "sleep", "seconds");
            var settings = manifests.Single(m => m.Kind == "ConfigMap" && m.Name == deployment.Name).Root.Map("data");
            var drain = TimeSpan.Parse(settings["RECOMMENDER_Server__DrainTimeout"], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(pause > 0);
            Assert.True(pause + drain.TotalSeconds < deployment.Pod.Number("spec", "terminationGracePeriodSeconds"));
        }
    }

    [Theory]
    [MemberData(nameof(ValueFiles))]
    public async Task Whoever_has_several_pods_has_a_disruption_budget_and_spreads_them(string valueFile)
    {
        var manifests = await Helm.ManifestsAsync(valueFile);
        foreach (var deployment in manifests.Where(m => m.Kind == "Deployment"))
        {
            var scaler = manifests.FirstOrDefault(m => m.Kind is "HorizontalPodAutoscaler" or "ScaledObject" && m.Root.Text("spec", "scaleTargetRef", "name") == deployment.Name);
            var several = scaler is not null || deployment.Root.Number("spec", "replicas") > 1;
            Assert.Equal(scaler is not null, deployment.Root.Text("spec", "replicas") is null); // an upgrade must not undo the scaler's work
            var budget = manifests.SingleOrDefault(m => m.Kind == "PodDisruptionBudget" && m.Name == deployment.Name);
            Assert.Equal(several, budget is not null);
            if (!several) continue;
            Assert.NotEqual("0", budget!.Root.Text("spec", "maxUnavailable"));
            Assert.Equal("AlwaysAllow", budget.Root.Text("spec", "unhealthyPodEvictionPolicy"));
            AssertSelects(budget.Root.Map("spec", "selector", "matchLabels"), deployment);
            Assert.NotEmpty(deployment.Pod.Items("spec", "topologySpreadConstraints"));
        }
    }

    [Theory]
    [MemberData(nameof(ValueFiles))]
    public async Task No_workload_has_two_scalers_and_none_scales_beyond_the_partitions(string valueFile)
    {
        var manifests = await Helm.ManifestsAsync(valueFile);
        var scalers = manifests.Where(m => m.Kind is "HorizontalPodAutoscaler" or "ScaledObject").ToArray();
        Assert.Equal(scalers.Length, scalers.Select(s => s.Root.Text("spec", "scaleTargetRef", "name")).Distinct().Count());
        foreach (var scaler in scalers)
        {
            var target = Assert.Single(manifests, m => m.Kind == "Deployment" && m.Name == scaler.Root.Text("spec", "scaleTargetRef", "name"));
            if (scaler.Kind != "ScaledObject") continue;
            var partitions = manifests.Single(m => m.Kind == "ConfigMap" && m.Name == target.Name).Root.Map("data")["RECOMMENDER_Kafka__Partitions"];
            Assert.Equal(partitions, scaler.Root.Text("spec", "maxReplicaCount"));
            Assert.All(scaler.Root.Items("spec", "triggers"), t => Assert.Equal("false", t.Text("metadata", "allowIdleConsumers")));
            // KEDA runs in a namespace of its own, where the short name of a Service says nothing.
            Assert.All(scaler.Root.Items("spec", "triggers"), t => Assert.Equal($"recommender-kafka-bootstrap.{Helm.Namespace}.svc:9092", t.Text("metadata", "bootstrapServers")));
            Assert.Equal(
                Recommender.Contracts.Topics.Events, scaler.Root.Items("spec", "triggers").Select(t => t.Text("metadata", "topic")!));
        }
    }

    [Theory]
    [MemberData(nameof(ValueFiles))]
    public async Task Services_and_policies_select_the_pods_that_they_are_meant_for(string valueFile)
    {
        var manifests = await Helm.ManifestsAsync(valueFile);
        var pods = manifests.Where(m => m.Pod is not null).ToArray();
        foreach (var service in manifests.Where(m => m.Kind == "Service"))
        {
            var selected = pods.Where(p => Selects(service.Root.Map("spec", "selector"), p)).ToArray();
            var deployment = Assert.Single(selected);
            Assert.Equal("Deployment", deployment.Kind);
            Assert.StartsWith(deployment.Name, service.Name, StringComparison.Ordinal);
            var ports = deployment.Pod.Items("spec", "containers").First().Items("ports").Select(p => p.Text("name")).ToArray();
            Assert.All(service.Root.Items("spec", "ports"), p => Assert.Contains(p.Text("targetPort"), ports));
        }
        Assert.Equal(
            pods.Count(p => p.Kind == "Deployment"),
            manifests.Count(m => m.Kind == "Service" && m.Root.Text("spec", "clusterIP") == "None" && m.Name.EndsWith("-headless", StringComparison.Ordinal)));
        foreach (var monitor in manifests.Where(m => m.Kind == "PodMonitor"))
            Assert.All(pods, p => AssertSelects(monitor.Root.Map("spec", "selector", "matchLabels"), p));
    }

    [Fact]
    public async Task A_changed_setting_rolls_the_pods_that_read_it_and_no_others()
    {
        var before = Checksums(await Helm.ManifestsAsync("default-values.yaml"));
        var after = Checksums(await Helm.ManifestsOfAsync("services: {serving: {config: {Serving: {AuthorCap: 5}}}}"));
        Assert.Equal(4, before.Count);
        Assert.Equal(["rec-recommender-serving"], before.Keys.Where(k => before[k] != after[k]));
    }

    private static Dictionary<string, string> Checksums(IEnumerable<Manifest> manifests) =>
        manifests.Where(m => m.Kind == "Deployment").ToDictionary(m => m.Name, m => m.Pod.Map("metadata", "annotations")["checksum/config"]);

    private static void AssertSelects(Dictionary<string, string> selector, Manifest workload) => Assert.True(Selects(selector, workload), workload.ToString());

    private static bool Selects(Dictionary<string, string> selector, Manifest workload)
    {
        var labels = workload.Pod.Map("metadata", "labels");
        return selector.Count > 0 && selector.All(s => labels.GetValueOrDefault(s.Key) == s.Value);
    }
}
