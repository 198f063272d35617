using System.Globalization;
using Recommender.Hosting.Artifacts;
using Recommender.Training.Running;

namespace Recommender.Training.Triggers;

/// <summary>Looks from time to time whether the live model's data still looks like what happens now, and whether it is taken up as in its first days; asks for a run when not.</summary>
internal sealed class DriftWatch(
    RunBook book, RunStore runs, ModelStore models, StorageOptions storage, TrainingOptions options, TimeProvider time, ILogger<DriftWatch> logger) : BackgroundService
{
    /// <summary>Trigger of runs that drift of input asked for.</summary>
    public const string InputTrigger = "input_drift";

    /// <summary>Trigger of runs that falling online quality asked for.</summary>
    public const string QualityTrigger = "quality_drop";

    private static readonly Dictionary<string, string> s_noParameters = [];
    private readonly TriggerOptions _options = options.Triggers;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_options.DriftInterval == TimeSpan.Zero || (_options.MaxInputDrift == 0 && _options.MaxQualityDrop == 0)) return;
        using var timer = new PeriodicTimer(_options.DriftInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
    }

    /// <summary>Looks once; measures in any case and asks for a run when one is due.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var live = models.ReadLive();
            if (live.Version.Length == 0 || models.Find(live.Version) is not { } model) return;
            var reason = await InputAsync(model, cancellationToken) ?? await QualityAsync(live, cancellationToken);
            if (reason is not { } found || book.IsBusy || IsTooSoon()) return;
            DriftLog.Found(logger, found.Trigger, found.Why);
            book.Start("", s_noParameters, promoteIfBetter: true, found.Trigger, found.Why);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or QueueFullException or Rebuilding.RebuildException)
        {
            DriftLog.NotLooked(logger, e);
        }
    }

    private bool IsTooSoon() =>
        book.List().Select(r => r.EndedAt?.ToDateTimeOffset()).FirstOrDefault(t => t is not null) is { } last && time.GetUtcNow() - last < _options.DriftPause;

    private async Task<(string Trigger, string Why)?> InputAsync(ModelManifest model, CancellationToken cancellationToken)
    {
        if (_options.MaxInputDrift == 0 || runs.FindReport(model.RunId)?.Profile is not { } before) return null;
        var now = await new RecentEvents(storage, models).ReadAsync(model, cancellationToken);
        if (now.Count < _options.MinDriftEvents) return null;
        var drift = now.DriftFrom(before);
        foreach (var (part, index) in drift) TrainingMetrics.InputDrift(part, index);
        var (name, most) = drift.MaxBy(d => d.Value);
        if (most <= _options.MaxInputDrift) return null;
        return (InputTrigger, string.Create(
            CultureInfo.InvariantCulture,
            $"the {name.Replace('_', ' ')} of {now.Count} new events differs from the data of {model.Version}: stability index {most:F3}, allowed {_options.MaxInputDrift}"));
    }

    private async Task<(string Trigger, string Why)?> QualityAsync(LiveModel live, CancellationToken cancellationToken)
    {
        if (_options.MaxQualityDrop == 0) return null;
        var quality = await new OnlineQualityReader(storage, _options).ReadAsync(live.Version, live.History[^1].At, time.GetUtcNow(), cancellationToken);
        if (quality is null) return null;
        TrainingMetrics.OnlineQuality(quality);
        if (quality.Change.High >= 0 || quality.RecentRate >= quality.BaselineRate * (1 - _options.MaxQualityDrop)) return null;
        return (QualityTrigger, string.Create(
            CultureInfo.InvariantCulture,
            $"the hit rate of {live.Version} fell from {quality.BaselineRate:P1} of {quality.Baseline} impressions in its first days to {quality.RecentRate:P1} of {quality.Recent}, allowed is a loss of {_options.MaxQualityDrop:P0}"));
    }
}

internal static partial class DriftLog
{
    [LoggerMessage(EventId = 6161, EventName = "DriftFound", Level = LogLevel.Information, Message = "A training run is due ({Trigger}): {Why}")]
    public static partial void Found(ILogger logger, string trigger, string why);

    [LoggerMessage(EventId = 6162, EventName = "DriftNotLooked", Level = LogLevel.Warning, Message = "Drift could not be looked at")]
    public static partial void NotLooked(ILogger logger, Exception error);
}
