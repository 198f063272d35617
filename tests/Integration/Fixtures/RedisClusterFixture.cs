using System.Diagnostics;
using System.Globalization;
using Recommender.Standalone.Embedded;

namespace Recommender.Tests.Fixtures;

/// <summary>A Redis Cluster of three nodes without replicas, on ports that the system chose; ended at the end.</summary>
public sealed class RedisClusterFixture : IAsyncLifetime
{
    private readonly TempDirectory _directory = TempDirectory.InMemory();
    private readonly List<Process> _nodes = [];
    private readonly List<ReservedPort> _ports = [];
    private string _missing = "";
    private string? _endpoint;

    /// <summary>One of the nodes; where Redis is not installed, the test that asks is skipped with a sentence.</summary>
    public string Endpoint
    {
        get
        {
            Assert.SkipWhen(_endpoint is null, _missing);
            return _endpoint!;
        }
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Tool.Find("redis-server") is not { } server || Tool.Find("redis-cli") is not { } cli)
        {
            _missing = "redis-server and redis-cli are not installed; install them with: apt-get install redis-server redis-tools";
            return;
        }

        var endpoints = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var (port, bus) = (Reserve(), Reserve());
            StartNode(server, port, bus);
            endpoints.Add(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));
        }

        foreach (var endpoint in endpoints)
            await Eventually.TrueAsync(async () => (await Tool.RunAsync(cli, ["-u", $"redis://{endpoint}", "PING"])).Output.Trim() == "PONG");

        var (code, output, errors) = await Tool.RunAsync(cli, ["--cluster", "create", .. endpoints, "--cluster-yes"]);
        Assert.True(code == 0, output + errors);
        foreach (var endpoint in endpoints)
        {
            await Eventually.TrueAsync(async () =>
                (await Tool.RunAsync(cli, ["-u", $"redis://{endpoint}", "CLUSTER", "INFO"])).Output.Contains("cluster_state:ok", StringComparison.Ordinal));
        }

        _endpoint = endpoints[0];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            node.Kill();
            await node.WaitForExitAsync();
            node.Dispose();
        }

        foreach (var port in _ports) port.Dispose();
        _directory.Dispose();
    }

    private void StartNode(string server, int port, int bus)
    {
        var directory = Directory.CreateDirectory(Path.Combine(_directory.Path, port.ToString(CultureInfo.InvariantCulture))).FullName;
        string[] arguments =
        [
            "--port", port.ToString(CultureInfo.InvariantCulture), "--cluster-port", bus.ToString(CultureInfo.InvariantCulture),
            "--bind", "127.0.0.1", "--dir", directory, "--cluster-enabled", "yes", "--save", "", "--logfile", "redis.log",
        ];
        _nodes.Add(Process.Start(server, arguments));
    }

    private int Reserve()
    {
        _ports.Add(new ReservedPort());
        return _ports[^1].Number;
    }
}
