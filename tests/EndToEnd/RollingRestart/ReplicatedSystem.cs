using System.Text.Json;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using ServiceProcess = Recommender.Tests.EndToEnd.FourServices.ServiceProcess;

namespace Recommender.Tests.EndToEnd.RollingRestart;

/// <summary>Two processes of each service, as the chart's Deployments have pods, and a file that says which of them may be called, as DNS does.</summary>
public sealed class ReplicatedSystem : IAsyncLifetime
{
    private static readonly string[] s_names = ["Ingestion", "Features", "Training", "Serving"];

    // In a cluster some seconds (preStopSeconds), since every node has to hear of it; here one client reads one file.
    private static readonly TimeSpan s_preStop = TimeSpan.FromMilliseconds(500);
    private readonly TempDirectory _directory = new();
    private readonly EmbeddedKafkaFixture _kafka = new();
    private readonly RedisFixture _redis = new();
    private readonly Dictionary<string, List<ServiceProcess>> _pods = s_names.ToDictionary(n => n, _ => new List<ServiceProcess>());

    /// <summary>The names of the services.</summary>
    public static IReadOnlyList<string> Names => s_names;

    /// <summary>JSON: for each service the addresses that may be called.</summary>
    public string EndpointsFile => Path.Combine(_directory.Path, "endpoints.json");

    /// <summary>Where the features keep the archive.</summary>
    public string Archive => Path.Combine(_directory.Path, "archive");

    /// <summary>The replicas of a service.</summary>
    internal IReadOnlyList<ServiceProcess> this[string name] => _pods[name];

    public async ValueTask InitializeAsync()
    {
        _kafka.CreateProductTopics();
        await _redis.InitializeAsync();
        await TrainAsync();
        foreach (var name in s_names)
            for (var i = 0; i < 2; i++) _pods[name].Add(ServiceProcess.Start(name, Settings(name)));
        foreach (var pod in _pods.Values.SelectMany(p => p)) await Eventually.TrueAsync(pod.IsReadyAsync, pod.Name + " is ready");
        PublishEndpoints();
    }

    /// <summary>Replaces the oldest replica as an upgrade does: the new one is ready first, then the old one is called no more, and then told to end.</summary>
    /// <returns>The exit code of the old one, and what it said.</returns>
    internal async Task<(int Code, string Said)> ReplaceAsync(string name)
    {
        var next = ServiceProcess.Start(name, Settings(name));
        _pods[name].Add(next);
        await Eventually.TrueAsync(next.IsReadyAsync, $"the new {name} is ready");
        await using var old = _pods[name][0];
        _pods[name].RemoveAt(0);
        PublishEndpoints();
        await Task.Delay(s_preStop, TestContext.Current.CancellationToken);
        return (await old.TerminateAsync(), old.Errors);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in _pods.Values.SelectMany(p => p)) await pod.DisposeAsync();
        await _redis.DisposeAsync();
        _kafka.Dispose();
        _directory.Dispose();
    }

    /// <summary>A model, made as the chart's Job makes it, from an archive of its own.</summary>
    private async Task TrainAsync()
    {
        var history = Path.Combine(_directory.Path, "history");
        new TestArchive(history).AddEvents(TestEvents.Tastes(60, 40));
        await using var job = ServiceProcess.Start("Training", Settings("Training").Concat([new("Training__Mode", "once"), new("Storage__ArchivePath", history)]));
        Assert.True(await job.ExitAsync() == 0, job.Errors);
    }

    private void PublishEndpoints()
    {
        var addresses = _pods.ToDictionary(p => p.Key, p => p.Value.Select(pod => new Uri(pod.GrpcAddress).Authority));
        File.WriteAllText(EndpointsFile + ".new", JsonSerializer.Serialize(addresses));
        File.Move(EndpointsFile + ".new", EndpointsFile, overwrite: true);
    }

    private Dictionary<string, string> Settings(string name)
    {
        var settings = new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = _kafka.Bootstrap,
            ["Kafka__LogIdentity"] = "rollingrestart",
            ["Redis__Endpoints"] = _redis.Server.Endpoint,
            ["Redis__Timeout"] = "00:00:20",
        };
        if (name is "Features" or "Training") settings["Storage__ArchivePath"] = Archive;
        if (name is "Training" or "Serving") settings["Storage__ModelsPath"] = Path.Combine(_directory.Path, "models");
        if (name is "Training") settings["Training__Mode"] = "registry";
        if (name is "Serving") settings["Serving__ReadTimeout"] = "00:00:05"; // a busy test machine must not look like a slow Redis
        if (name is "Features") settings["Archive__FlushInterval"] = "00:00:00.500";
        return settings;
    }
}
