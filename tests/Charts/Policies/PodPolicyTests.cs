using YamlDotNet.RepresentationModel;

namespace Recommender.Tests.Charts.Policies;

/// <summary>What Kubernetes' restricted profile asks of pods, and what a reviewer asks besides, for every pod that any values render.</summary>
public class PodPolicyTests
{
    public static TheoryData<string> ValueFiles => [.. Repository.ValueFiles()];

    [Theory]
    [MemberData(nameof(ValueFiles))]
    public async Task Every_pod_is_restricted(string valueFile)
    {
        foreach (var workload in await PodsAsync(valueFile))
        {
            var spec = workload.Pod.At("spec");
            Assert.Equal("true", spec.Text("securityContext", "runAsNonRoot"));
            Assert.True(spec.Number("securityContext", "runAsUser") > 0);
            Assert.Equal("RuntimeDefault", spec.Text("securityContext", "seccompProfile", "type"));
            foreach (var forbidden in (string[])["hostNetwork", "hostPID", "hostIPC"]) Assert.Null(spec.Text(forbidden));
            Assert.DoesNotContain(spec.Items("volumes"), v => v.At("hostPath") is not null);
            foreach (var container in workload.Containers)
            {
                var context = container.At("securityContext");
                Assert.Equal("false", context.Text("allowPrivilegeEscalation"));
                Assert.Equal("true", context.Text("readOnlyRootFilesystem"));
                Assert.Equal("true", context.Text("runAsNonRoot"));
                Assert.Equal(["ALL"], context.Items("capabilities", "drop").Select(d => d.ToString()));
                Assert.Empty(context.Items("capabilities", "add"));
                Assert.Equal("RuntimeDefault", context.Text("seccompProfile", "type"));
                Assert.Null(context.Text("privileged"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(ValueFiles))]
    public async Task No_pod_holds_a_token_or_sees_the_environment_of_other_Services(string valueFile)
    {
        foreach (var workload in await PodsAsync(valueFile))
        {
            Assert.Equal("false", workload.Pod.Text("spec", "automountServiceAccountToken"));
            Assert.Equal("false", workload.Pod.Text("spec", "enableServiceLinks"));
        }
        Assert.All((await Helm.ManifestsAsync(valueFile)).Where(m => m.Kind == "ServiceAccount"), a => Assert.Equal("false", a.Root.Text("automountServiceAccountToken")));
        Assert.DoesNotContain(await Helm.ManifestsAsync(valueFile), m => m.Kind is "Role" or "ClusterRole" or "RoleBinding" or "ClusterRoleBinding");
    }

    [Theory]
    [MemberData(nameof(ValueFiles))]
    public async Task Every_container_says_what_it_needs_and_what_it_may_take(string valueFile)
    {
        foreach (var container in (await PodsAsync(valueFile)).SelectMany(w => w.Containers))
        {
            var resources = container.At("resources");
            Assert.NotNull(resources.Text("requests", "cpu"));
            Assert.NotNull(resources.Text("requests", "memory"));
            Assert.NotNull(resources.Text("limits", "memory"));
            // A limit on CPU only slows bursts down; a GPU must be asked for in the limits, where the API server takes the request from.
            Assert.DoesNotContain(resources.Map("requests").Keys, k => k.Contains('/', StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(ValueFiles))]
    public async Task Every_service_and_training_has_grpc_probes_that_tell_the_process_from_its_dependencies(string valueFile)
    {
        foreach (var workload in (await PodsAsync(valueFile)).Where(w => w.Kind != "Pod"))
        {
            var container = workload.Pod.Items("spec", "containers").First();
            Assert.Equal("liveness", container.Text("livenessProbe", "grpc", "service"));
            Assert.Equal("liveness", container.Text("startupProbe", "grpc", "service"));
            Assert.StartsWith("recommender.v1.", container.Text("readinessProbe", "grpc", "service"), StringComparison.Ordinal);
            var ports = container.Items("ports").Select(p => p.Number("containerPort")).ToArray();
            foreach (var probe in (string[])["livenessProbe", "startupProbe", "readinessProbe"])
                Assert.Contains(container.Number(probe, "grpc", "port"), ports);
        }
    }

    [Theory]
    [MemberData(nameof(ValueFiles))]
    public async Task Images_have_a_version_and_secrets_come_by_reference(string valueFile)
    {
        foreach (var container in (await PodsAsync(valueFile)).SelectMany(w => w.Containers))
        {
            var image = container.Text("image")!;
            Assert.Contains(":", image, StringComparison.Ordinal);
            Assert.False(image.EndsWith(":latest", StringComparison.Ordinal));
            foreach (var variable in container.Items("env").Where(e => e.Text("name")!.Contains("Password", StringComparison.OrdinalIgnoreCase)))
                Assert.NotNull(variable.At("valueFrom", "secretKeyRef"));
        }
        foreach (var map in (await Helm.ManifestsAsync(valueFile)).Where(m => m.Kind == "ConfigMap"))
            Assert.DoesNotContain(map.Root.Map("data").Keys, k => k.Contains("Password", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(ValueFiles))]
    public async Task What_is_mounted_is_there_and_what_is_there_is_mounted(string valueFile)
    {
        var manifests = await Helm.ManifestsAsync(valueFile);
        foreach (var workload in await PodsAsync(valueFile))
        {
            var volumes = workload.Pod.Items("spec", "volumes").Select(v => v.Text("name")!).Order(StringComparer.Ordinal).ToArray();
            var mounts = workload.Containers.SelectMany(c => c.Items("volumeMounts")).Select(m => m.Text("name")!).Distinct().Order(StringComparer.Ordinal);
            Assert.Equal(volumes, mounts);
            foreach (var map in workload.Containers.SelectMany(c => c.Items("envFrom")).Select(e => e.Text("configMapRef", "name")).OfType<string>())
                Assert.Contains(manifests, m => m.Kind == "ConfigMap" && m.Name == map);
            foreach (var claim in workload.Pod.Items("spec", "volumes").Select(v => v.Text("persistentVolumeClaim", "claimName")).OfType<string>())
                Assert.True(claim == "archive" || manifests.Any(m => m.Kind == "PersistentVolumeClaim" && m.Name == claim), claim);
            foreach (var volume in workload.Pod.Items("spec", "volumes").Where(v => v.At("emptyDir") is not null))
                Assert.NotNull(volume.Text("emptyDir", "sizeLimit"));
        }
    }

    private static async Task<IEnumerable<Manifest>> PodsAsync(string valueFile) => (await Helm.ManifestsAsync(valueFile)).Where(m => m.Pod is YamlMappingNode);
}
