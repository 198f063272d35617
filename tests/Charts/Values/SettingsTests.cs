using Microsoft.AspNetCore.Builder;
using Recommender.Features;
using Recommender.Hosting;
using Recommender.Hosting.Auth;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Objects;
using Recommender.Hosting.Redis;
using Recommender.Ingestion;
using Recommender.Serving;
using Recommender.Training;

namespace Recommender.Tests.Charts.Values;

/// <summary>Every environment variable that the chart sets is a setting that its service knows, with a value that it takes.</summary>
public class SettingsTests
{
    private const string Prefix = "RECOMMENDER_";

    private static readonly Dictionary<string, (Action<WebApplicationBuilder> Add, Action<WebApplication> Map)> s_services = new()
    {
        ["ingestion"] = (b => b.AddIngestion(), a => a.MapIngestion()),
        ["features"] = (b => b.AddFeatures(), a => a.MapFeatures()),
        ["training"] = (b => b.AddTraining(), a => a.MapTraining()),
        ["serving"] = (b => b.AddServing(), a => a.MapServing()),
    };

    public static TheoryData<string> ValueFiles => [.. Repository.ValueFiles()];

    [Theory]
    [MemberData(nameof(ValueFiles))]
    public async Task Every_variable_is_a_setting_that_the_service_knows(string valueFile)
    {
        var manifests = await Helm.ManifestsAsync(valueFile);
        foreach (var workload in manifests.Where(m => m.Kind is "Deployment" or "CronJob" or "Job"))
        {
            var container = workload.Pod.Items("spec", "containers").First();
            var variables = container.Items("envFrom").Where(e => e.At("configMapRef") is not null).SelectMany(e => manifests.Single(m => m.Kind == "ConfigMap" && m.Name == e.Text("configMapRef", "name")).Root.Map("data"))
                .Concat(container.Items("env").Select(e => KeyValuePair.Create(e.Text("name")!, e.Text("value") ?? "from-elsewhere")))
                .Where(v => v.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToArray();
            Assert.NotEmpty(variables);
            await AssertKnownAsync(container.Text("name")!, variables);
        }
    }

    [Fact]
    public async Task A_setting_that_no_service_knows_would_be_seen() =>
        await Assert.ThrowsAnyAsync<Exception>(() => AssertKnownAsync("serving", [new("RECOMMENDER_Serving__AutorCap", "3")]));

    [Fact]
    public async Task A_section_of_another_service_would_be_seen() =>
        await Assert.ThrowsAnyAsync<Exception>(() => AssertKnownAsync("serving", [new("RECOMMENDER_Features__MaxBatch", "3")]));

    [Fact]
    public async Task What_the_chart_decides_about_scaling_is_what_the_services_assume()
    {
        var keda = (await Helm.ManifestsAsync("keda-values.yaml")).Single(m => m.Kind == "ScaledObject");
        Assert.Equal(new FeaturesOptions().GroupId, keda.Root.Items("spec", "triggers").First().Text("metadata", "consumerGroup"));
    }

    private static async Task AssertKnownAsync(string service, IReadOnlyCollection<KeyValuePair<string, string>> variables)
    {
        // The files of certificates and of the callers are secrets', which are not here.
        var settings = variables.ToDictionary(v => v.Key[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal), v => v.Value);
        foreach (var key in settings.Keys.Where(k => k.StartsWith("Server:Tls", StringComparison.Ordinal)).ToArray())
        {
            Assert.NotNull(typeof(ServerOptions).GetProperty(key.Split(':')[1]));
            settings.Remove(key);
        }
        if (settings.Remove("Redis:SslCaLocation")) Assert.NotNull(typeof(RedisOptions).GetProperty(nameof(RedisOptions.SslCaLocation)));
        // A service that is to reach Kafka over TLS makes a client with these files and logins at once.
        if (settings.Remove("Kafka:SslCaLocation")) Assert.NotNull(typeof(KafkaOptions).GetProperty(nameof(KafkaOptions.SslCaLocation)));
        settings.Remove("Kafka:SaslMechanism", out var mechanism);
        if (settings.Remove("Kafka:SecurityProtocol", out var protocol))
            new KafkaOptions { SecurityProtocol = protocol, SaslMechanism = mechanism ?? "" }.Validate(new OptionsCheck(KafkaOptions.Section));
        if (settings.TryGetValue("Kafka:Settings", out var further))
            settings["Kafka:Settings"] = string.Join(';', further.Split(';').Where(s => !s.StartsWith("ssl.", StringComparison.Ordinal)));
        foreach (var key in (string[])["AccessKeyFile", "SecretKeyFile"])
            if (settings.Remove("ObjectStore:" + key)) Assert.NotNull(typeof(ObjectStoreOptions).GetProperty(key));
        foreach (var key in settings.Keys.Where(k => k.StartsWith("Auth:", StringComparison.Ordinal)).ToArray())
        {
            Assert.NotNull(typeof(AuthOptions).GetProperty(key.Split(':')[1]));
            settings.Remove(key);
        }
        var (add, map) = s_services[service];
        await using var app = ServiceHost.Build(service, [.. settings.Select(s => $"--{s.Key}={s.Value}")], add, map);
        var known = Records().Where(r => app.Services.GetService(r) is not null)
            .Select(r => (string)r.GetProperty(nameof(IOptionsRecord.Section))!.GetValue(null)!).Append("Logging").ToArray();
        Assert.All(settings.Keys, key => Assert.Contains(key.Split(':')[0], known));
    }

    private static IEnumerable<Type> Records() =>
        new[] { typeof(ServerOptions), typeof(IngestionOptions), typeof(FeaturesOptions), typeof(TrainingOptions), typeof(ServingOptions) }
            .SelectMany(t => t.Assembly.GetTypes()).Where(t => t is { IsAbstract: false, IsInterface: false } && t.IsAssignableTo(typeof(IOptionsRecord)));
}
