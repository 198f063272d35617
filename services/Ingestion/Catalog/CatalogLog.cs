using Recommender.Contracts;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;

namespace Recommender.Ingestion.Catalog;

/// <summary>Finds out, as soon as Kafka answers, which log the offsets of catalog records count in.</summary>
internal sealed class CatalogLog(KafkaOptions options, TimeProvider time, ILogger<CatalogLog> logger) : BackgroundService
{
    private ulong _hash;
    private volatile bool _known;

    /// <summary>Hash of the log's identity; null until it is known.</summary>
    public ulong? Hash => _known ? _hash : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var identity = await LogIdentity.ResolveAsync(options, [Topics.Catalog], time, logger, stoppingToken);
        _hash = StableHash.Of(identity.Of(Topics.Catalog));
        _known = true;
    }
}
