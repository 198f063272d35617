using Recommender.Hosting;

namespace Recommender.Tests.Charts.Policies;

/// <summary>Training on a schedule, at once, on GPU nodes, and inside its service.</summary>
public class TrainingTests
{
    [Fact]
    public async Task A_schedule_never_runs_twice_at_once_and_has_bounds_for_everything()
    {
        var cron = (await Helm.ManifestsAsync("default-values.yaml")).Single(m => m.Kind == "CronJob");
        Assert.Equal("Forbid", cron.Root.Text("spec", "concurrencyPolicy"));
        Assert.NotNull(cron.Root.Text("spec", "startingDeadlineSeconds"));
        foreach (var bound in (string[])["activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"]) Assert.NotNull(cron.Job.Text(bound));
        Assert.Equal("Never", cron.Pod.Text("spec", "restartPolicy"));
        Assert.Equal("rec-recommender-training", cron.Pod.Text("spec", "priorityClassName"));
        // Without a GPU: the same image as the service, nothing asked for that a plain node lacks.
        Assert.Equal("recommender-training:0.1.0", cron.Containers.Single().Text("image"));
        Assert.DoesNotContain(cron.Containers.Single().Map("resources", "limits").Keys, k => k.Contains('/', StringComparison.Ordinal));
        Assert.Empty(cron.Pod.Items("spec", "tolerations"));
    }

    [Fact]
    public async Task A_training_is_tried_again_where_that_can_help_and_not_where_its_settings_are_wrong()
    {
        var job = (await Helm.ManifestsAsync("default-values.yaml")).Single(m => m.Kind == "CronJob").Job;
        var wrong = job.Items("podFailurePolicy", "rules").Single(r => r.Text("action") == "FailJob");
        Assert.Equal(ServiceHost.ExitMisconfigured, int.Parse(Assert.Single(wrong.Items("onExitCodes", "values")).ToString(), System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("training", wrong.Text("onExitCodes", "containerName"));
        var evicted = job.Items("podFailurePolicy", "rules").Single(r => r.Text("action") == "Ignore");
        Assert.Equal("DisruptionTarget", Assert.Single(evicted.Items("onPodConditions")).Text("type"));
    }

    [Fact]
    public async Task The_service_keeps_the_registry_while_jobs_train()
    {
        var manifests = await Helm.ManifestsAsync("default-values.yaml");
        Assert.Equal("registry", Settings(manifests, "rec-recommender-training")["RECOMMENDER_Training__Mode"]);
        Assert.Equal("once", Settings(manifests, "rec-recommender-training-job")["RECOMMENDER_Training__Mode"]);
        var jobMaps = manifests.Single(m => m.Kind == "CronJob").Containers.Single().Items("envFrom").Select(e => e.Text("configMapRef", "name"));
        Assert.Equal(["rec-recommender-training-job"], jobMaps);
    }

    [Fact]
    public async Task A_GPU_is_a_limit_of_a_configurable_resource_on_nodes_that_have_it()
    {
        var manifests = await Helm.ManifestsAsync("gpu-values.yaml");
        var jobs = manifests.Where(m => m.Job is not null).ToArray();
        Assert.Equal(["CronJob", "Job"], jobs.Select(j => j.Kind).Order(StringComparer.Ordinal));
        foreach (var job in jobs)
        {
            Assert.Equal("1", job.Containers.Single().Map("resources", "limits")["nvidia.com/gpu.shared"]);
            Assert.Equal("NVIDIA-L4-SHARED", job.Pod.Map("spec", "nodeSelector")["nvidia.com/gpu.product"]);
            Assert.Contains(job.Pod.Items("spec", "tolerations"), t => t.Text("key") == "nvidia.com/gpu" && t.Text("effect") == "NoSchedule");
            Assert.Equal("recommender-training-gpu:0.1.0", job.Containers.Single().Text("image"));
            Assert.Equal("nvidia", job.Pod.Text("spec", "runtimeClassName"));
        }
        Assert.Equal("popularity,ials-onnx", Settings(manifests, "rec-recommender-training-job")["RECOMMENDER_Training__Candidates"]);
        Assert.False(Settings(manifests, "rec-recommender-training").ContainsKey("RECOMMENDER_Training__Candidates"));
        Assert.Equal("rec-recommender-training-run-1", jobs.Single(j => j.Kind == "Job").Name);
        Assert.Equal("recommender-training:0.1.0", manifests.Single(m => m is { Kind: "Deployment", Name: "rec-recommender-training" }).Containers.Single().Text("image"));
        var priority = manifests.Single(m => m.Kind == "PriorityClass");
        Assert.True(priority.Root.Number("value") < 0);
        Assert.Equal("Never", priority.Root.Text("preemptionPolicy"));
    }

    [Fact]
    public async Task A_service_that_trains_itself_is_alone_and_never_two_for_a_moment()
    {
        var manifests = await Helm.ManifestsAsync("gpu-service-values.yaml");
        Assert.DoesNotContain(manifests, m => m.Kind is "CronJob" or "Job");
        var training = manifests.Single(m => m is { Kind: "Deployment", Name: "rec-recommender-training" });
        Assert.Equal("1", training.Root.Text("spec", "replicas"));
        Assert.Equal("Recreate", training.Root.Text("spec", "strategy", "type"));
        Assert.Equal("1", training.Containers.Single().Map("resources", "limits")["nvidia.com/gpu"]);
        Assert.Equal("01:00:00", Settings(manifests, "rec-recommender-training")["RECOMMENDER_Training__Interval"]);
        Assert.DoesNotContain(manifests, m => m is { Kind: "PodDisruptionBudget", Name: "rec-recommender-training" });
    }

    [Fact]
    public async Task Who_only_reads_archive_or_models_can_not_write_them()
    {
        // The Job keeps columns beside the archive's files, the registry does not.
        var manifests = await Helm.ManifestsAsync("default-values.yaml");
        Assert.Equal(["features: archive", "serving: models (read)", "training: archive (read)", "training: models", "training: archive", "training: models"], [
            .. manifests.Where(m => m.Kind is "Deployment" or "CronJob").OrderByDescending(m => m.Kind).ThenBy(m => m.Name, StringComparer.Ordinal).SelectMany(m => m.Containers).SelectMany(c =>
                c.Items("volumeMounts").Where(v => v.Text("name") is "archive" or "models")
                    .Select(v => $"{c.Text("name")}: {v.Text("name")}{(v.Text("readOnly") == "true" ? " (read)" : "")}")),
        ]);
        Assert.All(manifests.Where(m => m.Kind == "PersistentVolumeClaim"), c => Assert.Equal("keep", c.Root.Map("metadata", "annotations")["helm.sh/resource-policy"]));
    }

    private static Dictionary<string, string> Settings(IEnumerable<Manifest> manifests, string name) =>
        manifests.Single(m => m.Kind == "ConfigMap" && m.Name == name).Root.Map("data");
}
