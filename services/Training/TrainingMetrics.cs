using System.Diagnostics.Metrics;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Telemetry;
using Recommender.Training.Triggers;
using Recommender.V1;

namespace Recommender.Training;

/// <summary>What training measures.</summary>
internal static class TrainingMetrics
{
    private static readonly string[] s_quality = ["ndcg@20", "recall@20", "hit_rate@20", "popularity_ndcg@20"];

    private static readonly Histogram<double> s_duration = RecommenderTelemetry.Meter.CreateHistogram<double>(
        "recommender.training.run.duration", "s", "Duration of training runs by trainer and outcome.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 5, 15, 60, 300, 900, 3600, 14400] });

    private static readonly Gauge<double> s_lastSuccess = RecommenderTelemetry.Meter.CreateGauge<double>(
        "recommender.training.last_success.timestamp", "s", "When a training run last succeeded, in seconds since 1970.");

    private static readonly Gauge<double> s_liveQuality = RecommenderTelemetry.Meter.CreateGauge<double>(
        "recommender.model.quality", description: "Quality of the live model on its evaluation split, by metric.");

    private static readonly Gauge<double> s_liveSince = RecommenderTelemetry.Meter.CreateGauge<double>(
        "recommender.model.created.timestamp", "s", "When the live model was made, in seconds since 1970.");

    private static readonly Counter<long> s_lists = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.training.lists", description: "Precomputed lists written to Redis.");

    private static readonly Gauge<double> s_inputDrift = RecommenderTelemetry.Meter.CreateGauge<double>(
        "recommender.training.input_drift", description: "Population stability index between the live model's data and newer events, by part.");

    private static readonly Gauge<double> s_onlineHitRate = RecommenderTelemetry.Meter.CreateGauge<double>(
        "recommender.model.online_hit_rate", description: "Share of the live model's impressions that were taken up, in its first days and lately.");

    /// <summary>Drift of input was measured.</summary>
    public static void InputDrift(string part, double index) => s_inputDrift.Record(index, new KeyValuePair<string, object?>("part", part));

    /// <summary>Online quality was measured.</summary>
    public static void OnlineQuality(OnlineQuality quality)
    {
        s_onlineHitRate.Record(quality.BaselineRate, new KeyValuePair<string, object?>("period", "first_days"));
        s_onlineHitRate.Record(quality.RecentRate, new KeyValuePair<string, object?>("period", "recent"));
    }

    /// <summary>A run ended.</summary>
    public static void RunEnded(TrainingRun run)
    {
        var seconds = run.StartedAt is { } started && run.EndedAt is { } ended ? (ended - started).ToTimeSpan().TotalSeconds : 0;
        s_duration.Record(
            seconds, new KeyValuePair<string, object?>("trainer", run.Trainer.Length > 0 ? run.Trainer : "search"),
            new KeyValuePair<string, object?>("outcome", run.State.ToString().ToLowerInvariant()));
        LastSuccess(run);
    }

    /// <summary>The newest run that succeeded, found at the start or just ended; others don't count.</summary>
    public static void LastSuccess(TrainingRun run)
    {
        if (run.State == TrainingRun.Types.State.Succeeded && run.EndedAt is { } at) s_lastSuccess.Record(at.ToDateTimeOffset().ToUnixTimeMilliseconds() / 1000.0);
    }

    /// <summary>A model went live.</summary>
    public static void LiveModel(ModelManifest manifest)
    {
        s_liveSince.Record(manifest.CreatedAt.ToUnixTimeMilliseconds() / 1000.0);
        foreach (var name in s_quality)
            if (manifest.Metrics.TryGetValue(name, out var value)) s_liveQuality.Record(value, new KeyValuePair<string, object?>("metric", name));
    }

    /// <summary>Lists were written.</summary>
    public static void ListsWritten(int lists) => s_lists.Add(lists);
}
