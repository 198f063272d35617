namespace Recommender.Tests.Charts.Schemas;

/// <summary>What is rendered is what the API server would take, and a slip of the pen would be seen.</summary>
public class StrictSchemasTests
{
    public static TheoryData<string> ValueFiles => [.. Repository.ValueFiles()];

    [Theory]
    [MemberData(nameof(ValueFiles))]
    public async Task Every_manifest_fits_its_schema(string valueFile) =>
        Assert.Empty(await StrictSchemas.ProblemsAsync(await Helm.TextAsync(ChartTools.Helm, valueFile)));

    /// <summary>A file, what stands there, and what a slip would make of it.</summary>
    [Theory]
    [InlineData("default-values.yaml", "readinessProbe:", "readynessProbe:")]
    [InlineData("default-values.yaml", "maxUnavailable: 0", "maxUnavailible: 0")]
    [InlineData("default-values.yaml", "type: RollingUpdate", "type: Rolling")]
    [InlineData("default-values.yaml", "containerPort: 5050", "containerPort: \"5050\"")]
    [InlineData("default-values.yaml", "concurrencyPolicy: Forbid", "concurrencyPolicy: Never")]
    [InlineData("default-values.yaml", "readOnlyRootFilesystem:", "readOnlyRootFileSystem:")]
    [InlineData("default-values.yaml", "unhealthyPodEvictionPolicy: AlwaysAllow", "unhealthyPodEvictionPolicy: Always")]
    [InlineData("default-values.yaml", "policyTypes: [Ingress, Egress]", "policyTypes: Ingress")]
    [InlineData("default-values.yaml", "kind: CronJob", "kind: CronJobs")]
    [InlineData("keda-values.yaml", "cooldownPeriod:", "coolDownPeriod:")]
    [InlineData("keda-values.yaml", "averageUtilization:", "averageUtilisation:")]
    [InlineData("monitoring-values.yaml", "podMetricsEndpoints:", "podMetricEndpoints:")]
    [InlineData("monitoring-values.yaml", "record: recommender", "recorded: recommender")]
    [InlineData("tls-values.yaml", "rotationPolicy: Always", "rotationPolicy: Sometimes")]
    [InlineData("tls-values.yaml", "backendRefs:", "backends:")]
    public async Task A_slip_is_seen(string valueFile, string right, string slip)
    {
        var text = await Helm.TextAsync(ChartTools.Helm, valueFile);
        Assert.Contains(right, text, StringComparison.Ordinal);
        Assert.NotEmpty(await StrictSchemas.ProblemsAsync(text.Replace(right, slip, StringComparison.Ordinal)));
    }
}
