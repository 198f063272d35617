using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Google.Rpc;
using Grpc.Core;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using Recommender.V1;

namespace Recommender.Tests.Integration.Training;

/// <summary>What tests of the training service share: a folder, an archive, a broker, a Redis.</summary>
public abstract class TrainingTest(EmbeddedKafkaFixture kafka, RedisFixture redis) : IClassFixture<EmbeddedKafkaFixture>, IClassFixture<RedisFixture>, IAsyncLifetime
{
    private static readonly ConcurrentDictionary<EmbeddedKafkaFixture, bool> s_brokersWithTopics = new();
    private readonly TempDirectory _folder = new();
    private readonly List<TrainingHost> _hosts = [];

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected EmbeddedKafkaFixture Kafka => kafka;

    protected RedisFixture Redis => redis;

    protected string Folder => _folder.Path;

    protected TestArchive Archive => new(Path.Combine(Folder, "archive"));

    public async ValueTask InitializeAsync()
    {
        if (s_brokersWithTopics.TryAdd(kafka, true)) kafka.CreateProductTopics(1);
        await redis.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task<TrainingHost> StartAsync(params IEnumerable<string> settings)
    {
        var host = await TrainingHost.StartAsync(Folder, kafka.Bootstrap, redis.Server.Endpoint, settings);
        _hosts.Add(host);
        return host;
    }

    private protected async Task StopAsync(TrainingHost host)
    {
        _hosts.Remove(host);
        await host.DisposeAsync();
    }

    /// <summary>A service with models that were made one after the other; none is live.</summary>
    private protected async Task<(TrainingHost Host, string[] Versions)> StartWithModelsAsync(int models)
    {
        Archive.AddEvents(TestEvents.Tastes(40, 30));
        var host = await StartAsync();
        var versions = new string[models];
        for (var i = 0; i < models; i++) versions[i] = (await host.SucceedAsync(promote: false)).ModelVersion;
        return (host, versions);
    }

    private protected static async Task<ModelVersion> PromoteAsync(TrainingHost host, string version) =>
        await host.Models.PromoteModelAsync(new PromoteModelRequest { Version = version }, cancellationToken: Token);

    private protected static async Task<ModelVersion> RollBackAsync(TrainingHost host) =>
        await host.Models.RollbackModelAsync(new RollbackModelRequest(), cancellationToken: Token);

    /// <summary>What the model topic says, oldest first.</summary>
    protected IReadOnlyList<ModelAnnouncement> Announcements() =>
        [.. LogReader.ReadToEnd(kafka.Bootstrap, Topics.Model).Where(r => Encoding.UTF8.GetString(r.Key) == "live")
            .Select(r => JsonSerializer.Deserialize(r.Value, RecordJson.Default.ModelAnnouncement)!)];

    protected static async Task<RpcException> RefusedAsync<T>(AsyncUnaryCall<T> call, StatusCode code)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(code, error.StatusCode);
        return error;
    }

    /// <summary>The fields that an INVALID_ARGUMENT names.</summary>
    protected static IEnumerable<string> Fields(RpcException error)
    {
        var details = Google.Rpc.Status.Parser.ParseFrom(error.Trailers.GetValueBytes("grpc-status-details-bin"));
        return Assert.Single(details.Details).Unpack<BadRequest>().FieldViolations.Select(v => v.Field);
    }
}
