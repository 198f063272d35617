using YamlDotNet.RepresentationModel;

namespace Recommender.Tests.Charts.Policies;

/// <summary>All traffic is denied but the flows that the services need.</summary>
public class NetworkPolicyTests
{
    public static TheoryData<string> ValueFiles => [.. Repository.ValueFiles()];

    [Theory]
    [MemberData(nameof(ValueFiles))]
    public async Task Every_pod_is_behind_the_denial_and_has_flows_of_its_own(string valueFile)
    {
        var manifests = await Helm.ManifestsAsync(valueFile);
        var policies = manifests.Where(m => m.Kind == "NetworkPolicy").ToArray();
        if (valueFile == "minimal-values.yaml")
        {
            Assert.Empty(policies);
            return;
        }
        var denial = Assert.Single(policies, p => p.Name.EndsWith("-default-deny", StringComparison.Ordinal));
        Assert.Equal(["Ingress", "Egress"], denial.Root.Items("spec", "policyTypes").Select(t => t.ToString()));
        Assert.Empty(denial.Root.Items("spec", "ingress"));
        foreach (var workload in manifests.Where(m => m.Pod is not null))
        {
            Assert.True(Selects(denial, workload), workload.ToString());
            Assert.Contains(policies, p => p != denial && Selects(p, workload) && p.Root.Items("spec", "policyTypes").Any(t => t.ToString() == "Egress"));
        }
    }

    [Fact]
    public async Task Only_named_ports_are_open_inside_and_only_Kafka_Redis_and_names_outside()
    {
        var policies = (await Helm.ManifestsAsync("default-values.yaml")).Where(m => m.Kind == "NetworkPolicy").ToArray();
        var into = policies.SelectMany(p => p.Root.Items("spec", "ingress")).SelectMany(r => r.Items("ports")).Select(p => p.Text("port")).Distinct();
        Assert.Equal(["grpc", "http"], into.Order(StringComparer.Ordinal));
        Assert.All(policies.SelectMany(p => p.Root.Items("spec", "ingress")), rule => Assert.NotEmpty(rule.Items("from")));
        var outOf = policies.SelectMany(p => p.Root.Items("spec", "egress")).SelectMany(r => r.Items("ports")).Select(p => p.Text("port")).Distinct();
        Assert.Equal(["53", "6379", "9092", "9093", "9094", "grpc"], outOf.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(policies.SelectMany(p => p.Root.Items("spec", "egress")), rule => !rule.Items("ports").Any());
    }

    [Fact]
    public async Task The_brokers_and_Redis_can_be_narrowed_to_their_pods()
    {
        var serving = (await Helm.ManifestsAsync("full-values.yaml")).Single(m => m is { Kind: "NetworkPolicy", Name: "recs-serving" });
        Assert.All(serving.Root.Items("spec", "egress"), rule => Assert.NotEmpty(rule.Items("to")));
        var callers = serving.Root.Items("spec", "ingress").First();
        Assert.Equal("app-backend", Assert.Single(callers.Items("from")).Map("namespaceSelector", "matchLabels")["example.com/app"]);
    }

    [Fact]
    public async Task The_controller_of_a_route_reaches_what_viewers_use_and_operators_the_rest()
    {
        var policies = (await Helm.ManifestsAsync("tls-secret-values.yaml")).Where(m => m.Kind == "NetworkPolicy").ToDictionary(m => m.Name);
        foreach (var name in (string[])["ingestion", "serving"])
            Assert.Contains(Callers(name), c => c.Map("namespaceSelector", "matchLabels").GetValueOrDefault("kubernetes.io/metadata.name") == "ingress-nginx");
        foreach (var name in (string[])["training", "features"])
            Assert.Equal("operator", Assert.Single(Callers(name)).Map("podSelector", "matchLabels")["example.com/role"]);

        IEnumerable<YamlNode> Callers(string name) =>
            policies["rec-recommender-" + name].Root.Items("spec", "ingress").Where(r => r.Items("ports").Any(p => p.Text("port") == "grpc")).SelectMany(r => r.Items("from"));
    }

    private static bool Selects(Manifest policy, Manifest workload)
    {
        var labels = workload.Pod.Map("metadata", "labels");
        return policy.Root.Map("spec", "podSelector", "matchLabels").All(s => labels.GetValueOrDefault(s.Key) == s.Value)
            && policy.Root.Items("spec", "podSelector", "matchExpressions").All(e => e.Items("values").Any(v => v.ToString() == labels.GetValueOrDefault(e.Text("key")!)));
    }
}
