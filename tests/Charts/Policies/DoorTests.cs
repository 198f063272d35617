namespace Recommender.Tests.Charts.Policies;

/// <summary>How calls reach the services: TLS, routes, and the test that helm runs.</summary>
public class DoorTests
{
    [Fact]
    public async Task With_TLS_every_door_has_the_certificate_and_probes_have_a_plaintext_port()
    {
        var manifests = await Helm.ManifestsAsync("tls-values.yaml");
        var certificate = manifests.Single(m => m.Kind == "Certificate");
        foreach (var deployment in manifests.Where(m => m.Kind == "Deployment"))
        {
            var container = deployment.Containers.Single();
            Assert.Equal("5051", container.Text("readinessProbe", "grpc", "port"));
            Assert.Equal(certificate.Root.Text("spec", "secretName"), deployment.Pod.Items("spec", "volumes").Single(v => v.Text("name") == "tls").Text("secret", "secretName"));
            var settings = manifests.Single(m => m.Kind == "ConfigMap" && m.Name == deployment.Name).Root.Map("data");
            Assert.Equal("5051", settings["RECOMMENDER_Server__ProbePort"]);
            Assert.Equal("/etc/recommender/tls/ca.crt", settings["RECOMMENDER_Server__TlsClientCaPath"]);
            Assert.Contains("ssl.key.location=/etc/recommender/kafka-client/user.key", settings["RECOMMENDER_Kafka__Settings"], StringComparison.Ordinal);
        }
        // Serving calls ingestion with the certificate of its own door.
        Assert.Contains("client auth", certificate.Root.Items("spec", "usages").Select(u => u.ToString()));
        var serving = manifests.Single(m => m.Kind == "ConfigMap" && m.Name.EndsWith("-serving", StringComparison.Ordinal)).Root.Map("data");
        Assert.StartsWith("https://", serving["RECOMMENDER_Feed__IngestionAddress"], StringComparison.Ordinal);
        var names = certificate.Root.Items("spec", "dnsNames").Select(n => n.ToString()).ToArray();
        foreach (var service in manifests.Where(m => m.Kind == "Service")) Assert.Contains($"{service.Name}.{Helm.Namespace}.svc", names);
    }

    [Fact]
    public async Task Routes_lead_only_to_what_apps_call()
    {
        string[] open = ["recommender.v1.CatalogService", "recommender.v1.IngestionService", "recommender.v1.PrivacyService", "recommender.v1.RecommendationService"];
        var route = (await Helm.ManifestsAsync("tls-values.yaml")).Single(m => m.Kind == "GRPCRoute");
        Assert.Equal(open, route.Root.Items("spec", "rules").SelectMany(r => r.Items("matches")).Select(m => m.Text("method", "service")).Order(StringComparer.Ordinal));
        var ingress = (await Helm.ManifestsAsync("tls-secret-values.yaml")).Single(m => m.Kind == "Ingress");
        var paths = ingress.Root.Items("spec", "rules").SelectMany(r => r.Items("http", "paths")).Select(p => p.Text("path")!.Trim('/'));
        Assert.Equal(open, paths.Order(StringComparer.Ordinal));
        Assert.NotEmpty(ingress.Root.Items("spec", "tls"));
    }

    [Fact]
    public async Task The_test_sends_an_event_and_then_asks_for_a_recommendation()
    {
        var pod = (await Helm.ManifestsAsync("default-values.yaml")).Single(m => m.Kind == "Pod");
        Assert.Equal("test", pod.Root.Map("metadata", "annotations")["helm.sh/hook"]);
        var first = pod.Pod.Items("spec", "initContainers").Single();
        Assert.Equal(
            ["track", "like", "helm-test-viewer", "helm-test-video", "--to", "rec-recommender-ingestion.media.svc:5050"], first.Items("args").Select(a => a.ToString()));
        var second = pod.Pod.Items("spec", "containers").Single();
        Assert.Equal(["recommend", "helm-test-viewer", "--json", "--to", "rec-recommender-serving.media.svc:5050"], second.Items("args").Select(a => a.ToString()));
        Assert.All(pod.Containers, c => Assert.Equal("recommender-cli:0.1.0", c.Text("image")));

        var secured = (await Helm.ManifestsAsync("tls-values.yaml")).Single(m => m.Kind == "Pod");
        Assert.All(secured.Containers, c =>
        {
            Assert.Contains(c.Items("args"), a => a.ToString().StartsWith("https://", StringComparison.Ordinal));
            Assert.Contains(c.Items("args"), a => a.ToString() == "--cert");
            Assert.Contains(c.Items("env"), e => e.Text("name") == "SSL_CERT_FILE");
        });
    }

    /// <summary>The commands of that pod are ones that the program takes.</summary>
    [Theory]
    [InlineData("default-values.yaml")]
    [InlineData("tls-values.yaml")]
    public async Task The_program_knows_the_commands_of_the_test(string valueFile)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "recommender.dll");
        foreach (var container in (await Helm.ManifestsAsync(valueFile)).Single(m => m.Kind == "Pod").Containers)
        {
            string[] arguments = [.. container.Items("args").Select(a => a.ToString()), "--help"];
            var (code, output, errors) = await Fixtures.Tool.RunAsync("dotnet", [program, .. arguments]);
            Assert.True(code == 0, errors);
            Assert.Empty(errors);
            foreach (var option in arguments.Where(a => a.StartsWith("--", StringComparison.Ordinal))) Assert.Contains(option, output, StringComparison.Ordinal);
        }
    }
    [Fact]
    public async Task Callers_and_tokens_are_secrets_that_each_pod_sees_its_own_part_of()
    {
        var manifests = await Helm.ManifestsOfAsync("auth: {existingSecret: callers, tokens: {existingSecret: own-tokens}}");
        foreach (var workload in manifests.Where(m => m.Kind is "Deployment" or "CronJob"))
        {
            Assert.Equal("callers", workload.Pod.Items("spec", "volumes").Single(v => v.Text("name") == "auth").Text("secret", "secretName"));
            var map = manifests.Single(m => m.Kind == "ConfigMap" && m.Name == workload.Name).Root.Map("data");
            Assert.Equal("/etc/recommender/auth/callers", map["RECOMMENDER_Auth__CallersPath"]);
        }
        Assert.Equal(
            ["serving: feed", "test: test"],
            manifests.Where(m => m.Pod is not null).SelectMany(m => m.Pod.Items("spec", "volumes").Where(v => v.Text("name") == "tokens")
                .SelectMany(v => v.Items("secret", "items")).Select(i => $"{m.Labels["app.kubernetes.io/component"]}: {i.Text("key")}")).Order(StringComparer.Ordinal));
        var serving = manifests.Single(m => m is { Kind: "ConfigMap", Name: "rec-recommender-serving" }).Root.Map("data");
        Assert.Equal("http://rec-recommender-ingestion.media.svc:5050", serving["RECOMMENDER_Feed__IngestionAddress"]);
        Assert.Equal("/etc/recommender/tokens/feed", serving["RECOMMENDER_Feed__TokenPath"]);
    }

    [Fact]
    public async Task An_issuer_of_tokens_is_trusted_by_all_and_may_be_reached()
    {
        var manifests = await Helm.ManifestsOfAsync("auth: {existingSecret: callers, tokens: {existingSecret: own-tokens}, issuer: {url: \"https://issuer.example.com\", kubernetes: true}}");
        foreach (var workload in manifests.Where(m => m.Kind is "Deployment" or "CronJob"))
        {
            var map = manifests.Single(m => m.Kind == "ConfigMap" && m.Name == workload.Name).Root.Map("data");
            Assert.Equal("https://issuer.example.com", map["RECOMMENDER_Auth__Issuer"]);
            Assert.Equal("recommender", map["RECOMMENDER_Auth__Audience"]);
            var (ca, token) = (map["RECOMMENDER_Auth__IssuerCaPath"].ToString()!, map["RECOMMENDER_Auth__IssuerTokenPath"].ToString()!);
            var folder = workload.Containers.Single().Items("volumeMounts").Single(m => m.Text("name") == "issuer").Text("mountPath");
            var sources = workload.Pod.Items("spec", "volumes").Single(v => v.Text("name") == "issuer").Items("projected", "sources").ToArray();
            Assert.Equal(token, $"{folder}/{sources[0].Text("serviceAccountToken", "path")}");
            Assert.Equal(ca, $"{folder}/{sources[1].Items("configMap", "items").Single().Text("path")}");
            Assert.Contains(
                manifests.Single(m => m.Kind == "NetworkPolicy" && m.Name == workload.Name).Root.Items("spec", "egress"),
                rule => rule.Items("ports").Any(port => port.Text("port") == "6443"));
        }
    }
}
