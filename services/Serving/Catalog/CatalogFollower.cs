using System.Text;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;

namespace Recommender.Serving.Catalog;

/// <summary>Keeps <see cref="VideoCatalog"/> equal to the compacted catalog topic.</summary>
internal sealed class CatalogFollower : IHostedService, IAsyncDisposable
{
    private readonly VideoCatalog _catalog;
    private readonly ILogger _logger;
    private readonly CompactedTopicReader _reader;

    public CatalogFollower(VideoCatalog catalog, KafkaOptions kafka, KafkaHealth health, TimeProvider time, ILogger<CatalogFollower> logger)
    {
        _catalog = catalog;
        _logger = logger;
        _reader = new CompactedTopicReader(kafka, health, time, logger, Topics.Catalog, Handle);
    }

    /// <summary>Whether every video that was in the topic at the start is known.</summary>
    public bool IsCaughtUp => _reader.CaughtUp.IsCompletedSuccessfully;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _reader.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _reader.DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    private ValueTask Handle(TopicRecord record, CancellationToken cancellationToken)
    {
        if (record.Value is null)
        {
            _catalog.Delete(Encoding.UTF8.GetString(record.Key));
            return ValueTask.CompletedTask;
        }
        try
        {
            var video = VideoJson.Parse(record.Value);
            // A video without a date of publication came into being when its record was written.
            var publishedAtMs = (video.PublishedAt?.ToDateTimeOffset() ?? record.Timestamp).ToUnixTimeMilliseconds();
            _catalog.Upsert(video.VideoId, video.AuthorId, publishedAtMs, _catalog.Traits.Of(video), (long)(video.Duration?.ToTimeSpan().TotalMilliseconds ?? 0));
        }
        catch (FormatException e)
        {
            CatalogLog.Unreadable(_logger, record.Position.ToString(), e.Message);
        }
        return ValueTask.CompletedTask;
    }
}

internal static partial class CatalogLog
{
    [LoggerMessage(EventId = 7001, EventName = "VideoUnreadable", Level = LogLevel.Warning, Message = "The catalog record at {Position} is skipped: {Problem}")]
    public static partial void Unreadable(ILogger logger, string position, string problem);
}
