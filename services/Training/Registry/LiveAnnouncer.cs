using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;

namespace Recommender.Training.Registry;

/// <summary>
/// Tells on the model topic what is live: at the start, since the process may have ended between the two, and after each change. While
/// Kafka is out of reach it keeps trying; Serving also looks at <c>live.json</c> itself.
/// </summary>
internal sealed class LiveAnnouncer(
    ModelStore store, IRecordProducer producer, KafkaTopics topics, KafkaOptions kafka, TimeProvider time, ILogger<LiveAnnouncer> logger) : BackgroundService
{
    private const string Key = "live";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly CloudEvents s_cloudEvents = new("/recommender/training");

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _changed = new(1);
    private TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Announces what is live now; waits a few seconds at most, the rest happens in the background.</summary>
    public async Task AnnounceAsync()
    {
        Task told;
        lock (_lock) told = _told.Task;
        _changed.Release();
        try
        {
            await told.WaitAsync(s_patience, time);
        }
        catch (TimeoutException)
        {
            AnnouncerLog.Delayed(logger);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await topics.EnsureWhenReachableAsync([.. ProductTopics.Specs(kafka).Where(t => t.Name == Topics.Model)], stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await _changed.WaitAsync(stoppingToken);
            TaskCompletionSource told;
            lock (_lock) (told, _told) = (_told, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            await TellAsync(stoppingToken);
            told.SetResult();
        }
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var live = store.ReadLive();
                if (live.Version.Length > 0) await producer.ProduceAsync(Record(live), cancellationToken);
                return;
            }
            catch (DependencyUnavailableException e)
            {
                AnnouncerLog.NotAnnounced(logger, e.Message);
                await Task.Delay(e.RetryDelay, time, cancellationToken);
            }
            catch (Exception e) when (e is InvalidDataException or IOException or RecordRejectedException)
            {
                AnnouncerLog.CannotAnnounce(logger, e);
                return;
            }
        }
    }

    private KafkaRecord Record(LiveModel live)
    {
        var change = live.History[^1];
        var previous = live.History.Count > 1 ? live.History[^2].Version : "";
        var runId = store.Find(live.Version)?.RunId ?? "";
        var announcement = new ModelAnnouncement(live.Version, previous, change.Action, runId, change.At, store.ManifestSha256(live.Version));
        var headers = s_cloudEvents.Headers(
            Topics.Model, string.Create(CultureInfo.InvariantCulture, $"{live.Version}-{live.History.Count}"), Timestamp.FromDateTimeOffset(change.At));
        return new KafkaRecord(
            Topics.Model, Encoding.UTF8.GetBytes(Key), JsonSerializer.SerializeToUtf8Bytes(announcement, RecordJson.Default.ModelAnnouncement), headers);
    }
}

internal static partial class AnnouncerLog
{
    [LoggerMessage(EventId = 6301, EventName = "AnnouncementDelayed", Level = LogLevel.Warning,
        Message = "The announcement of the live model is delayed; it follows by itself")]
    public static partial void Delayed(ILogger logger);

    [LoggerMessage(EventId = 6302, EventName = "NotAnnounced", Level = LogLevel.Warning, Message = "The live model is not announced yet: {Problem}")]
    public static partial void NotAnnounced(ILogger logger, string problem);

    [LoggerMessage(EventId = 6303, EventName = "CannotAnnounce", Level = LogLevel.Error, Message = "The live model can't be announced")]
    public static partial void CannotAnnounce(ILogger logger, Exception error);
}
