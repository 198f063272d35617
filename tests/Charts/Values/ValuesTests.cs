using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace Recommender.Tests.Charts.Values;

/// <summary>Every value is described, in the schema and in the README, and nothing else is taken.</summary>
public class ValuesTests
{
    /// <summary>Values with keys of the user's own.</summary>
    private static readonly string[] s_open =
        ["nodeSelector", "labels", "annotations", "commonLabels", "commonAnnotations", "podSecurityContext", "digests", "podLabels", "podAnnotations", "resources", "affinity", "config", "settings", "issuerRef"];

    [Fact]
    public void The_readme_is_what_the_comments_say()
    {
        var path = Repository.PathOf("helm/recommender/README.md");
        if (Environment.GetEnvironmentVariable("RECOMMENDER_UPDATE_DOCS") == "1") File.WriteAllText(path, ValuesTable.Readme());
        Assert.True(
            ValuesTable.Readme() == File.ReadAllText(path),
            "helm/recommender/README.md is out of date; run: RECOMMENDER_UPDATE_DOCS=1 build/test --filter ValuesTests Charts");
    }

    [Fact]
    public void Every_value_has_a_comment()
    {
        var commented = ValuesTable.Comments().Select(c => c.Path).ToHashSet();
        Assert.All(Leaves("", Defaults()), leaf => Assert.Contains(commented, c => leaf == c || leaf.StartsWith(c + ".", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_schema_knows_every_value_and_takes_no_other()
    {
        using var schema = JsonDocument.Parse(Repository.Read("helm/recommender/values.schema.json"));
        foreach (var leaf in Leaves("", Defaults())) Assert.True(Find(schema.RootElement, schema.RootElement, leaf.Split('.')), leaf + " is not in the schema");
        AssertClosed(schema.RootElement, "");
    }

    [Theory]
    [InlineData("servces: {}")]
    [InlineData("services: {ranking: {enabled: true}}")]
    [InlineData("services: {serving: {replica: 3}}")]
    [InlineData("services: {serving: {replicas: three}}")]
    [InlineData("services: {serving: {config: {serving: {AuthorCap: 3}}}}")]
    [InlineData("services: {serving: {config: {Serving: {AuthorCap: [3]}}}}")]
    [InlineData("kafka: {securityProtocol: SSL}")]
    [InlineData("training: {schedule: hourly}")]
    [InlineData("training: {mode: cron}")]
    [InlineData("training: {gpu: {count: 0}}")]
    [InlineData("training: {gpu: {resourceName: gpu}}")]
    [InlineData("monitoring: {rules: {latencySeconds: 0.04}}")]
    [InlineData("monitoring: {rules: {availabilityObjective: 99.9}}")]
    [InlineData("storage: {models: {size: big}}")]
    [InlineData("storage: {s3: {bucket: Big_Bucket}}")]
    [InlineData("storage: {s3: {bucket: abc, prefix: none}}")]
    [InlineData("storage: {s3: {bucket: abc, endpoint: \"minio:9000\"}}")]
    [InlineData("networkPolicy: {clients: [{}]}")]
    [InlineData("tls: {certManager: {issuerRef: {nam: x}}}")]
    [InlineData("auth: {issuer: {url: \"http://issuer.example.com\"}}")]
    [InlineData("image: {tag: \"a b\"}")]
    [InlineData("image: {digests: {serving: \"sha256:12\"}}")]
    [InlineData("defaults: {podSecurityContext: {runAsUser: 0}}")]
    [InlineData("defaults: {podSecurityContext: {privileged: true}}")]
    public async Task A_value_that_does_not_exist_or_does_not_fit_is_refused(string values)
    {
        Assert.Contains("meet the specifications of the schema", await Helm.RefusalAsync(ChartTools.Helm, values), StringComparison.Ordinal);
        Assert.Contains("meet the specifications of the schema", await Helm.RefusalAsync(ChartTools.OlderHelm, values), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kafka: {bootstrapServers: \"\"}", "kafka.bootstrapServers is empty: name the brokers")]
    [InlineData("redis: {endpoints: \"\"}", "redis.endpoints is empty: name the server")]
    [InlineData("image: {tag: latest}", "image.tag is latest: name a version")]
    [InlineData("image: {digests: {serving: \"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}}", "image.digests has no training: name the digest of every image or of none")]
    [InlineData("kafka: {sasl: {mechanism: PLAIN}}", "kafka.sasl.mechanism is set but kafka.securityProtocol is plaintext")]
    [InlineData("kafka: {securityProtocol: sasl_ssl}", "set kafka.sasl.mechanism and kafka.sasl.existingSecret")]
    [InlineData("kafka: {clientCertificate: {existingSecret: s}}", "kafka.clientCertificate.existingSecret is set but kafka.securityProtocol is plaintext")]
    [InlineData("redis: {ca: {existingSecret: s}}", "redis.ca.existingSecret is set but redis.ssl is false")]
    [InlineData("storage: {s3: {endpoint: \"http://minio:9000\"}}", "storage.s3.endpoint or existingSecret is set but storage.s3.bucket is not")]
    [InlineData("storage: {s3: {bucket: abc}, models: {existingClaim: c}}", "archive and models are in a bucket or on volumes")]
    [InlineData("storage: {s3: {bucket: abc, endpoint: \"http://minio:9000\"}}", "reached at port 9000, which networkPolicy.s3.ports does not have")]
    [InlineData("services: {serving: {config: {ObjectStore: {Bucket: b}}}}", "services.serving.config.ObjectStore.Bucket is decided by the chart")]
    [InlineData("tls: {enabled: true}", "tls.enabled needs a certificate")]
    [InlineData("tls: {enabled: true, certManager: {enabled: true}}", "needs tls.certManager.issuerRef.name")]
    [InlineData("tls: {enabled: true, existingSecret: s, certManager: {enabled: true, issuerRef: {name: i}}}", "exclude each other: the certificate is either given or made")]
    [InlineData("auth: {issuer: {url: \"https://issuer.example.com\"}}", "auth.issuer.url is set but auth.existingSecret is not")]
    [InlineData("auth: {existingSecret: callers, issuer: {kubernetes: true}}", "auth.issuer.kubernetes needs auth.issuer.url")]
    [InlineData("tls: {mutual: true}", "tls.* is set but tls.enabled is false")]
    [InlineData("auth: {tokens: {existingSecret: t}}", "nobody would look at the tokens")]
    [InlineData("auth: {existingSecret: a}", "closes the doors to helm test as well")]
    [InlineData("ingress: {enabled: true}", "ingress.enabled needs ingress.host")]
    [InlineData("gateway: {enabled: true}", "gateway.enabled needs gateway.parentRefs")]
    [InlineData("monitoring: {podMonitor: {enabled: true}, serviceMonitor: {enabled: true}}", "every pod would be scraped twice")]
    [InlineData("ingress: {enabled: true, host: h}", "networkPolicy.routes is empty, so its controller could not reach the pods")]
    [InlineData("monitoring: {rules: {enabled: true}}", "needs monitoring.rules.runbookUrl")]
    [InlineData("services: {serving: {podLabels: {app.kubernetes.io/name: x}}}", "services.serving.podLabels.app.kubernetes.io/name is what selects the pods")]
    [InlineData("services: {features: {config: {Kafka: {GroupInstanceId: a}}}}", "services.features.config.Kafka.GroupInstanceId is decided by the chart")]
    [InlineData("{training: {mode: service}, services: {training: {enabled: false}}}", "nothing would train")]
    [InlineData("training: {mode: service, job: {runNow: true}}", "training.job.runNow needs training.mode job")]
    [InlineData("services: {ingestion: {enabled: false}, features: {enabled: false}, training: {enabled: false}, serving: {enabled: false}}", "no service is enabled")]
    [InlineData("services: {features: {autoscaling: {enabled: true}, keda: {enabled: true}}}", "two scalers of one Deployment fight")]
    [InlineData("services: {serving: {keda: {enabled: true}}}", "only features consumes Kafka")]
    [InlineData("services: {training: {autoscaling: {enabled: true}}}", "services.training.autoscaling: the registry does not need it")]
    [InlineData("{kafka: {partitions: 4}, services: {features: {replicas: 5}}}", "services.features has up to 5 replicas but there are 4 partitions")]
    [InlineData("{kafka: {partitions: 4}, services: {features: {keda: {enabled: true, maxReplicas: 5}}}}", "keda.maxReplicas is 5 but there are 4 partitions")]
    [InlineData("services: {serving: {autoscaling: {enabled: true, minReplicas: 9, maxReplicas: 3}}}", "minReplicas is above maxReplicas")]
    [InlineData("services: {serving: {autoscaling: {enabled: true}, resources: {requests: {cpu: null}}}}", "autoscaling needs resources.requests.cpu")]
    [InlineData("services: {serving: {drainSeconds: 60}}", "terminationGracePeriodSeconds must be more than that; it is 40")]
    [InlineData("services: {serving: {maxSurge: 0}}", "no upgrade could ever go on")]
    [InlineData("services: {serving: {resources: {limits: {memory: null}}}}", "resources.limits.memory is missing")]
    [InlineData("services: {serving: {config: {Kafka: {BootstrapServers: k}}}}", "services.serving.config.Kafka.BootstrapServers is decided by the chart")]
    [InlineData("training: {config: {Training: {Mode: all}}}", "Training.Mode is decided by the chart")]
    [InlineData("replicaCount: 3", "replicaCount is called defaults.replicas or services.<name>.replicas")]
    [InlineData("kafka: {brokers: k}", "kafka.brokers is called kafka.bootstrapServers")]
    [InlineData("redis: {host: r}", "redis.host is called redis.endpoints")]
    [InlineData("serviceMonitor: {enabled: false}", "serviceMonitor is called monitoring.serviceMonitor")]
    [InlineData("training: {cron: \"* * * * *\"}", "training.cron is called training.schedule")]
    public async Task Contradictions_and_names_of_others_fail_with_a_sentence(string values, string sentence) =>
        Assert.Contains(sentence, await Helm.RefusalAsync(ChartTools.Helm, values), StringComparison.Ordinal);

    [Fact]
    public async Task All_contradictions_are_told_at_once()
    {
        var said = await Helm.RefusalAsync(ChartTools.Helm, "{kafka: {bootstrapServers: \"\"}, redis: {endpoints: \"\"}, tls: {enabled: true}}");
        Assert.Equal(3, said.Split('\n').Count(line => line.StartsWith("- ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_renamed_value_is_explained_in_the_notes_on_upgrading()
    {
        var notes = Repository.Read("helm/recommender/UPGRADING.md");
        var names = Repository.Read("helm/recommender/templates/_deprecations.tpl").Split('\n').Where(l => l.StartsWith("  \"", StringComparison.Ordinal)).Select(l => l.Split('"')[1]).ToArray();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"`{name}`", notes, StringComparison.Ordinal));
    }

    private static YamlNode Defaults() => Yaml.Documents(Repository.Read("helm/recommender/values.yaml"))[0];

    private static IEnumerable<string> Leaves(string path, YamlNode node) => node is YamlMappingNode { Children.Count: > 0 } map && !s_open.Contains(path.Split('.')[^1])
        ? map.Children.SelectMany(c => Leaves(path.Length == 0 ? c.Key.ToString() : $"{path}.{c.Key}", c.Value))
        : [path];

    private static bool Find(JsonElement root, JsonElement schema, ReadOnlySpan<string> path)
    {
        schema = Resolve(root, schema);
        if (path.IsEmpty) return true;
        return schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(path[0], out var next) && Find(root, next, path[1..]);
    }

    private static JsonElement Resolve(JsonElement root, JsonElement schema) =>
        schema.TryGetProperty("$ref", out var reference) ? root.GetProperty("$defs").GetProperty(reference.GetString()!.Split('/')[^1]) : schema;

    /// <summary>An object with named properties takes no others, wherever it stands.</summary>
    private static void AssertClosed(JsonElement schema, string path)
    {
        if (schema.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in schema.EnumerateArray()) AssertClosed(item, path);
        }
        else if (schema.ValueKind == JsonValueKind.Object)
        {
            var isClosed = !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object
                || (schema.TryGetProperty("additionalProperties", out var others) && others.ValueKind == JsonValueKind.False);
            Assert.True(isClosed, path);
            foreach (var property in schema.EnumerateObject()) AssertClosed(property.Value, $"{path}.{property.Name}");
        }
    }
}
