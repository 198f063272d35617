namespace Recommender.Tests.Charts.Policies;

/// <summary>Archive and models on volumes that pods share, or in a bucket.</summary>
public class StorageTests
{
    [Fact]
    public async Task With_a_bucket_no_volume_is_claimed_and_every_folder_is_the_pods_own()
    {
        var manifests = await Helm.ManifestsAsync("s3-values.yaml");
        Assert.DoesNotContain(manifests, m => m.Kind == "PersistentVolumeClaim");
        foreach (var workload in manifests.Where(m => m.Kind is "Deployment" or "CronJob" or "Job"))
        {
            var name = workload.Containers.First().Text("name");
            var volumes = workload.Pod.Items("spec", "volumes").ToArray();
            Assert.DoesNotContain(volumes, v => v.At("persistentVolumeClaim") is not null);
            var own = volumes.Where(v => v.Text("name") is "archive" or "models").Select(v => $"{v.Text("name")} {v.Text("emptyDir", "sizeLimit")}");
            string[] expected = name switch
            {
                "ingestion" => [],
                "features" => ["archive 5120Mi"],
                "serving" => ["models 20Gi"],
                _ => ["archive 100Gi", "models 20Gi"],
            };
            Assert.Equal(expected, own);
            Assert.Equal(name == "ingestion", volumes.All(v => v.Text("name") != "s3"));
            Assert.DoesNotContain(workload.Containers.SelectMany(c => c.Items("volumeMounts")), m => m.Text("name") is "archive" or "models" && m.Text("readOnly") == "true");
        }
    }

    [Fact]
    public async Task The_keys_are_a_secret_by_reference_in_files()
    {
        var manifests = await Helm.ManifestsAsync("s3-values.yaml");
        var secret = manifests.Single(m => m is { Kind: "Deployment", Name: "rec-recommender-serving" }).Pod.Items("spec", "volumes").Single(v => v.Text("name") == "s3");
        Assert.Equal("recommender-s3", secret.Text("secret", "secretName"));
        var settings = manifests.Single(m => m is { Kind: "ConfigMap", Name: "rec-recommender-serving" }).Root.Map("data");
        Assert.Equal("/etc/recommender/s3/access-key", settings["RECOMMENDER_ObjectStore__AccessKeyFile"]);
        Assert.Equal("/etc/recommender/s3/secret-key", settings["RECOMMENDER_ObjectStore__SecretKeyFile"]);
        Assert.DoesNotContain(manifests, m => m.Kind == "Secret");
    }

    [Fact]
    public async Task Who_works_with_the_bucket_and_nobody_else_may_reach_it()
    {
        var policies = (await Helm.ManifestsAsync("s3-values.yaml")).Where(m => m.Kind == "NetworkPolicy").ToArray();
        var allowed = policies.Where(p => p.Root.Items("spec", "egress").Any(rule => rule.Items("ports").Any(port => port.Text("port") == "9000")
            && rule.Items("to").Single().Map("namespaceSelector", "matchLabels")["kubernetes.io/metadata.name"] == "minio"));
        Assert.Equal(
            ["rec-recommender-features", "rec-recommender-serving", "rec-recommender-training", "rec-recommender-training-job"], allowed.Select(p => p.Name).Order(StringComparer.Ordinal));
    }
}
