using System.Text.Json;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Kafka;

namespace Recommender.Serving.Model;

/// <summary>
/// Keeps <see cref="CurrentModel"/> at what the store says is live: looks when the model topic announces something and every few seconds
/// besides, so that neither a lost announcement nor an absent Kafka matters. A version that can't be used is refused with the reason in the
/// log, the last good one stays, and it is tried again later: it may be on its way.
/// </summary>
internal sealed class ModelFollower : BackgroundService
{
    /// <summary>How long a new version waits for the one before the last to leave memory.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RefusalPause = TimeSpan.FromSeconds(30);

    private readonly ModelStore _store;
    private readonly GenerationLoader _loader;
    private readonly CurrentModel _current;
    private readonly Rehearsal _rehearsal;
    private readonly RealTimeCost _cost;
    private readonly ServingOptions _options;
    private readonly ServingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CompactedTopicReader _announcements;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private volatile ModelAnnouncement? _announced;
    private volatile Refusal? _refusal;
    private volatile bool _hasLooked;

    public ModelFollower(
        ModelStore store, GenerationLoader loader, CurrentModel current, Rehearsal rehearsal, RealTimeCost cost, ServingOptions options, ServingMetrics metrics,
        KafkaOptions kafka, KafkaHealth health, TimeProvider time, ILogger<ModelFollower> logger)
    {
        (_store, _loader, _current, _rehearsal, _cost, _options, _metrics, _time, _logger) = (store, loader, current, rehearsal, cost, options, metrics, time, logger);
        _announcements = new CompactedTopicReader(kafka, health, time, logger, Topics.Model, Hear);
    }

    /// <summary>Whether the first look at the store is over, whatever it found.</summary>
    public bool HasLooked => _hasLooked;

    /// <summary>Why the live version is not the one that answers; null when it is, or none is live.</summary>
    public string? Problem => _refusal?.Problem;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _announcements.DisposeAsync();
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _announcements.Start();
        // Loading is work for a thread of its own, and the host must not wait for it.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            await LookAsync(stoppingToken);
            _hasLooked = true;
            await _wake.WaitAsync(_options.ModelPoll, stoppingToken);
        }
    }

    private ValueTask Hear(TopicRecord record, CancellationToken cancellationToken)
    {
        try
        {
            if (record.Value is not null) _announced = JsonSerializer.Deserialize(record.Value, RecordJson.Default.ModelAnnouncement);
        }
        catch (JsonException e)
        {
            ModelLog.AnnouncementUnreadable(_logger, record.Position.ToString(), e.Message);
        }
        // What was announced is worth another try at once.
        _refusal = _refusal is { } refusal ? refusal with { IsReconsidered = true } : null;
        if (_wake.CurrentCount == 0) _wake.Release();
        return ValueTask.CompletedTask;
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        LiveModel live;
        try
        {
            live = _store.ReadLive();
        }
#pragma warning disable CA1031 // Whatever is wrong with a file, this replica goes on answering with what it has.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Refuse("", $"the record of what is live can't be read: {e.Message}", e);
            return;
        }
        var version = live.Version;
        if (version.Length == 0 || _current.Generation?.Version == version) _refusal = null;
        else if (IsWorthTrying(version))
        {
            await LoadAsync(version, cancellationToken);
            if (_current.Generation is null) await LoadEarlierAsync(live, cancellationToken);
        }
    }

    private bool IsWorthTrying(string version) =>
        _refusal is not { } refusal || refusal.Version != version || refusal.IsReconsidered || _time.GetElapsedTime(refusal.At) >= RefusalPause;

    private async Task LoadAsync(string version, CancellationToken cancellationToken)
    {
        try
        {
            await TakeAsync(version, _announced is { } a && a.Version == version ? a.Sha256 : "", cancellationToken);
            _refusal = null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // A version can be bad in more ways than anyone thinks of, and none of them may end the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Refuse(version, e.Message, e);
        }
    }

    // A replica that starts while the live version is damaged has no last good one; what was live before it is better than no model.
    private async Task LoadEarlierAsync(LiveModel live, CancellationToken cancellationToken)
    {
        foreach (var version in LiveHistory.Before(live))
        {
            try
            {
                await TakeAsync(version, "", cancellationToken);
                ModelLog.Earlier(_logger, version, live.Version);
                return;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
#pragma warning disable CA1031 // As above.
            catch (Exception e)
#pragma warning restore CA1031
            {
                ModelLog.Refused(_logger, null, version, e.Message, "nothing");
            }
        }
    }

    private async Task TakeAsync(string version, string manifestSha256, CancellationToken cancellationToken)
    {
        var begin = _time.GetTimestamp();
        if (!await _current.OnlyLiveIsLeftAsync(s_patience, _time, cancellationToken)) ModelLog.Crowded(_logger, _current.CountInMemory(), version);
        // Checksums and look-ups of a large catalog take seconds of a processor, which the calls under way must not lack. The first model is what calls wait for.
        var (generation, cost) = _current.Generation is null ? Load(version, manifestSha256) : await QuietThread.RunAsync("model-loading", () => Load(version, manifestSha256));
        if (generation.RankerProblem is { } problem)
        {
            _metrics.RankerRefused();
            ModelLog.RankerRefused(_logger, version, problem);
        }
        var rehearsed = await _rehearsal.RunAsync(generation, cancellationToken);
        _cost.Reset(cost);
        var previous = _current.Generation?.Version;
        _current.Publish(generation);
        _metrics.ModelLoaded(generation.Manifest, _time.GetUtcNow());
        var took = _time.GetElapsedTime(begin).TotalMilliseconds;
        ModelLog.Live(_logger, version, generation.ItemCount, generation.Factors?.Length ?? 0, took, rehearsed, previous ?? "nothing");
    }

    private (ModelGeneration Generation, TimeSpan Cost) Load(string version, string manifestSha256)
    {
        var generation = _loader.Load(version, manifestSha256);
        return (generation, WarmUp.Run(generation, _time));
    }

    private void Refuse(string version, string problem, Exception error)
    {
        if (_refusal is not { } old || old.Version != version || old.Problem != problem)
        {
            // What is known to be wrong with files is told by its message; for the rest it takes the place where it happened.
            var unforeseen = error is InvalidDataException or IOException or UnauthorizedAccessException ? null : error;
            ModelLog.Refused(_logger, unforeseen, version.Length > 0 ? version : "(unknown)", problem, _current.Generation?.Version ?? "nothing");
        }
        _metrics.ModelRefused();
        _refusal = new Refusal(version, problem, _time.GetTimestamp(), IsReconsidered: false);
    }

    private sealed record Refusal(string Version, string Problem, long At, bool IsReconsidered);
}

internal static partial class ModelLog
{
    [LoggerMessage(EventId = 7201, EventName = "ModelLive", Level = LogLevel.Information,
        Message = "Model {Version} answers from now on: {Items} videos, {Factors} factors, loaded in {Milliseconds:0} ms, rehearsed with {Requests} requests; before: {Previous}")]
    public static partial void Live(ILogger logger, string version, int items, int factors, double milliseconds, int requests, string previous);

    [LoggerMessage(EventId = 7204, EventName = "ModelCrowded", Level = LogLevel.Warning,
        Message = "{Generations} model generations are still in memory, since calls hold on to them; {Version} is loaded beside them")]
    public static partial void Crowded(ILogger logger, int generations, string version);

    [LoggerMessage(EventId = 7202, EventName = "ModelRefused", Level = LogLevel.Error, Message = "Model {Version} is refused: {Problem}; {Current} stays")]
    public static partial void Refused(ILogger logger, Exception? error, string version, string problem, string current);

    [LoggerMessage(EventId = 7205, EventName = "EarlierModelAnswers", Level = LogLevel.Warning,
        Message = "Model {Version}, which was live before, answers until the live {Live} can be used")]
    public static partial void Earlier(ILogger logger, string version, string live);

    [LoggerMessage(EventId = 7206, EventName = "RankerRefused", Level = LogLevel.Error,
        Message = "The ranker of model {Version} is refused, and the plain blend ranks in its place: {Problem}")]
    public static partial void RankerRefused(ILogger logger, string version, string problem);

    [LoggerMessage(EventId = 7203, EventName = "AnnouncementUnreadable", Level = LogLevel.Warning, Message = "The announcement at {Position} is no announcement: {Problem}")]
    public static partial void AnnouncementUnreadable(ILogger logger, string position, string problem);
}
