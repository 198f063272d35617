using Recommender.Tests.Fixtures;

namespace Recommender.Tests.EndToEnd.FourServices;

/// <summary>The four services as four processes, with an outside broker and Redis.</summary>
public sealed class FourServicesFixture : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private readonly Dictionary<string, ServiceProcess> _services = [];

    public EmbeddedKafkaFixture Kafka { get; } = new();

    public RedisFixture Redis { get; } = new();

    internal ServiceProcess this[string name] => _services[name];

    public async ValueTask InitializeAsync()
    {
        Kafka.CreateProductTopics();
        await Redis.InitializeAsync();
        foreach (var name in (string[])["Ingestion", "Features", "Training", "Serving"]) _services[name] = ServiceProcess.Start(name, Settings(name));
        foreach (var service in _services.Values) await Eventually.TrueAsync(service.IsReadyAsync, service.Name + " is ready");
    }

    /// <summary>Kills a service and starts it anew.</summary>
    public async Task RestartAfterKillAsync(string name)
    {
        await _services[name].KillAsync();
        await _services[name].DisposeAsync();
        _services[name] = ServiceProcess.Start(name, Settings(name));
        await Eventually.TrueAsync(_services[name].IsReadyAsync, name + " is ready again");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.Values) await service.DisposeAsync();
        await Redis.DisposeAsync();
        Kafka.Dispose();
        _directory.Dispose();
    }

    private Dictionary<string, string> Settings(string name)
    {
        var settings = new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = Kafka.Bootstrap,
            ["Kafka__LogIdentity"] = "fourservices",
            ["Kafka__FetchWait"] = "00:00:00.005",
            ["Redis__Endpoints"] = Redis.Server.Endpoint,
            ["Redis__Timeout"] = "00:00:20",
        };
        if (name is "Features" or "Training") settings["Storage__ArchivePath"] = Path.Combine(_directory.Path, "archive");
        if (name is "Training" or "Serving") settings["Storage__ModelsPath"] = Path.Combine(_directory.Path, "models");
        if (name is "Serving") settings["Serving__ReadTimeout"] = "00:00:05"; // a busy test machine must not look like a slow Redis
        if (name is "Serving") settings["OnDemand__Enabled"] = "true";
        if (name is "Features") settings["Archive__FlushInterval"] = "00:00:00.500";
        return settings;
    }
}
