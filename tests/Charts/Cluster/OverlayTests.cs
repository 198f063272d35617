using Recommender.Hosting.Kafka;
using Recommender.Tests.Charts.Schemas;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Charts.Cluster;

/// <summary>What k8s/ sets up around the chart fits its schemas, the services' own idea of the topics, and the chart's values beside it.</summary>
public class OverlayTests
{
    [Theory]
    [InlineData("dev")]
    [InlineData("production")]
    public async Task Every_manifest_of_an_overlay_fits_its_schema(string overlay) => Assert.Empty(await StrictSchemas.ProblemsAsync(await TextAsync(overlay)));

    [Theory]
    [InlineData("production", "operations:", "operation:")]
    [InlineData("production", "partitions:", "partition:")]
    [InlineData("dev", "roles:", "role:")]
    [InlineData("dev", "hard:", "hart:")]
    public async Task A_slip_is_seen(string overlay, string right, string slip)
    {
        var text = await TextAsync(overlay);
        Assert.Contains(right, text, StringComparison.Ordinal);
        Assert.NotEmpty(await StrictSchemas.ProblemsAsync(text.Replace(right, slip, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Time_slicing_fits_its_schema() => Assert.Empty(await StrictSchemas.ProblemsAsync(Repository.Read("k8s/gpu/time-slicing.yaml")));

    [Theory]
    [InlineData("dev")]
    [InlineData("production")]
    public async Task Topics_are_those_of_the_services_with_the_partitions_of_the_chart(string overlay)
    {
        var settings = (await ChartAsync(overlay)).Single(m => m is { Kind: "ConfigMap", Name: "rec-recommender-features" }).Root.Map("data");
        var options = new KafkaOptions { Partitions = int.Parse(settings["RECOMMENDER_Kafka__Partitions"], System.Globalization.CultureInfo.InvariantCulture) };
        var topics = (await ManifestsAsync(overlay)).Where(m => m.Kind == "KafkaTopic").ToDictionary(m => m.Name);
        Assert.Equal(ProductTopics.Specs(options).Select(s => s.Name).Order(StringComparer.Ordinal), topics.Keys.Order(StringComparer.Ordinal));
        foreach (var spec in ProductTopics.Specs(options))
        {
            var topic = topics[spec.Name].Root.At("spec");
            Assert.Equal(spec.Partitions, topic.Number("partitions"));
            Assert.Equal(spec.IsCompacted, topic.Text("config", "cleanup.policy") == "compact");
            Assert.Equal(settings["RECOMMENDER_Kafka__ReplicationFactor"], topic.Text("replicas"));
        }
    }

    [Fact]
    public async Task Analysts_read_and_nothing_else()
    {
        var users = (await ManifestsAsync("production")).Where(m => m.Kind == "KafkaUser").ToDictionary(m => m.Name);
        var operations = users["recommender-analysts"].Root.Items("spec", "authorization", "acls").SelectMany(a => a.Items("operations")).Select(o => o.ToString()).Distinct();
        Assert.Equal(["Describe", "DescribeConfigs", "Read"], operations.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(users["recommender-analysts"].Root.Items("spec", "authorization", "acls"), a => a.Text("resource", "type") == "cluster");
        Assert.Equal(users["recommender-services"].Name, (await ChartAsync("production")).First(m => m.Kind == "Deployment").Pod.Items("spec", "volumes").Single(v => v.Text("name") == "kafka-client").Text("secret", "secretName"));
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("production")]
    public async Task The_chart_finds_Kafka_and_Redis_under_the_names_that_the_overlay_gives(string overlay)
    {
        var (around, chart) = (await ManifestsAsync(overlay), await ChartAsync(overlay));
        var settings = chart.Single(m => m is { Kind: "ConfigMap", Name: "rec-recommender-serving" }).Root.Map("data");
        Assert.Contains(around, m => m.Kind == "Service" && settings["RECOMMENDER_Redis__Endpoints"] == m.Name + ":6379");
        var kafka = Assert.Single(around, m => m.Kind == "Kafka");
        var port = Assert.Single(kafka.Root.Items("spec", "kafka", "listeners")).Text("port");
        Assert.Equal($"{kafka.Name}-kafka-bootstrap:{port}", settings["RECOMMENDER_Kafka__BootstrapServers"]);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("production")]
    public async Task The_namespace_is_restricted_and_its_own_pods_are(string overlay)
    {
        var manifests = await ManifestsAsync(overlay);
        Assert.Equal("restricted", Assert.Single(manifests, m => m.Kind == "Namespace").Labels["pod-security.kubernetes.io/enforce"]);
        Assert.Single(manifests, m => m.Kind == "ResourceQuota");
        var context = Assert.Single(manifests, m => m.Kind == "StatefulSet").Containers.Single().At("securityContext");
        Assert.Equal("true", context.Text("readOnlyRootFilesystem"));
        Assert.Equal("false", context.Text("allowPrivilegeEscalation"));
        Assert.Equal(["ALL"], context.Items("capabilities", "drop").Select(d => d.ToString()));
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("production")]
    public async Task Redis_is_reached_by_the_product_alone_and_its_password_is_a_secret_that_both_sides_name(string overlay)
    {
        var (around, chart) = (await ManifestsAsync(overlay), await ChartAsync(overlay));
        var redis = Assert.Single(around, m => m.Kind == "StatefulSet");
        var policy = Assert.Single(around, m => m.Kind == "NetworkPolicy");
        Assert.Equal(redis.Pod.Map("metadata", "labels"), policy.Root.Map("spec", "podSelector", "matchLabels"));
        var callers = policy.Root.Items("spec", "ingress").Single().Items("from").Single().Map("podSelector", "matchLabels");
        Assert.All(chart.Where(m => m.Pod is not null), m => Assert.Equal(callers, m.Pod.Map("metadata", "labels").Where(l => callers.ContainsKey(l.Key)).ToDictionary()));

        var password = Secret(redis, "REDISCLI_AUTH");
        Assert.Equal(overlay == "production", password is not null);
        Assert.All(chart.Where(m => m.Kind is "Deployment" or "CronJob"), m => Assert.Equal(password, Secret(m, "RECOMMENDER_Redis__Password")));
    }

    private static (string?, string?)? Secret(Manifest workload, string variable) => workload.Containers.Single().Items("env")
        .Where(e => e.Text("name") == variable).Select(e => ((string?, string?)?)(e.Text("valueFrom", "secretKeyRef", "name"), e.Text("valueFrom", "secretKeyRef", "key"))).SingleOrDefault();

    private static async Task<string> TextAsync(string overlay)
    {
        var (code, output, errors) = await Tool.RunAsync(ChartTools.Kubectl, ["kustomize", Repository.PathOf("k8s/overlays/" + overlay)]);
        Assert.True(code == 0, errors);
        return output;
    }

    private static async Task<IReadOnlyList<Manifest>> ManifestsAsync(string overlay) => Manifest.ReadAll(await TextAsync(overlay));

    private static Task<IReadOnlyList<Manifest>> ChartAsync(string overlay) => Helm.ManifestsOfAsync(Repository.Read($"k8s/overlays/{overlay}/values.yaml"));
}
