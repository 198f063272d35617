using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Telemetry;
using Recommender.V1;

namespace Recommender.Serving;

/// <summary>What serving counts and measures. Labels are small closed sets and the live model's version; never an id of a viewer or video.</summary>
internal sealed class ServingMetrics : IDisposable
{
    /// <summary>Gauge: when the model that answers was loaded.</summary>
    public const string LoadedTimestamp = "recommender.serving.model.loaded_timestamp";

    /// <summary>Gauge: answers whose impressions wait.</summary>
    public const string QueueLength = "recommender.serving.impressions.queue_length";

    /// <summary>Gauge: videos of the catalog.</summary>
    public const string CatalogVideos = "recommender.serving.catalog.videos";

    /// <summary>Gauge: age of the trending videos.</summary>
    public const string TrendingAge = "recommender.serving.trending.age";

    /// <summary>Gauge: part of the catalog that is shown.</summary>
    public const string Coverage = "recommender.serving.coverage";

    /// <summary>Gauge: how unequally videos are shown.</summary>
    public const string ExposureGini = "recommender.serving.exposure.gini";

    /// <summary>Gauge: model generations in memory.</summary>
    public const string Generations = "recommender.serving.model.generations";

    /// <summary>Answers take between a tenth of a millisecond and the few seconds that callers wait at most.</summary>
    private static readonly InstrumentAdvice<double> s_durations = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    };

    private static readonly Meter s_meter = RecommenderTelemetry.Meter;

    /// <summary>Gauges exist once per process and read whatever instances live.</summary>
    private static readonly ConcurrentDictionary<ServingMetrics, bool> s_live = new();

    private readonly Histogram<double> _requests =
        Duration("recommender.serving.request.duration", "Time from a request's arrival to its answer, by method, tier and degradation.");

    private readonly Histogram<double> _foldIn =
        Duration("recommender.serving.fold_in.duration", "Time to solve one viewer's vector from the newest events.");

    private readonly Histogram<double> _ranker =
        Duration("recommender.serving.ranker.duration", "Time in which the learned ranker scored the candidates of one answer, features included.");

    private readonly Counter<long> _scored = Counter("scored", "Answers by what made their scores: the plain blend or the learned ranker.");
    private readonly Counter<long> _rankerFailures = Counter("ranker.failures", "Answers whose ranker failed, and loaded models whose ranker was refused; the blend ranks then.");
    private readonly Counter<long> _videos = Counter("videos", "Videos in answers by the source that proposed them.");
    private readonly Counter<long> _filtered = Counter("filtered", "Proposed videos that a filter kept out.");
    private readonly Histogram<double> _sourceDurations = Duration("recommender.serving.source.duration", "Time that a candidate source took for one answer.");
    private readonly Counter<long> _proposed = Counter("source.candidates", "Videos that may be shown, by the source that proposed them.");
    private readonly Counter<long> _sourceTimeouts = Counter("source.timeouts", "Candidate sources whose time was over before they were done.");
    private readonly Histogram<double> _diversity = s_meter.CreateHistogram(
        "recommender.serving.diversity", null, "Mean dissimilarity of the pairs of videos in an answer, 0 to 1; one answer of sixteen is measured.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1] });
    private readonly Counter<long> _sourceFailures = Counter("source.failures", "Candidate sources that failed; the answer was made without them.");
    private readonly Counter<long> _shed = Counter("shed", "Calls turned away because too many were under way.");
    private readonly Counter<long> _viewerReads = Counter("viewer_reads", "Reads of a viewer's state and list by outcome.");
    private readonly Counter<long> _modelLoads = Counter("model.loads", "Attempts to load a model version by outcome.");
    private readonly Counter<long> _impressions = Counter("impressions", "Impressions written to Kafka.");
    private readonly Counter<long> _impressionsDropped = Counter("impressions.dropped", "Impressions given up, by reason.");

    private readonly ConcurrentDictionary<string, Func<double?>> _gauges = new();
    private volatile LoadedModel? _model;

    static ServingMetrics()
    {
        s_meter.CreateObservableGauge("recommender.serving.model.info", () => s_live.Keys.SelectMany(m => m.ModelInfo()), description: "1 for the model version that answers.");
        Gauge(LoadedTimestamp, "s", "When the model that answers was loaded, Unix time.");
        Gauge(Generations, null, "Model generations in memory: the one that answers, and one that comes or goes.");
        Gauge(QueueLength, null, "Answers whose impressions wait for Kafka.");
        Gauge(CatalogVideos, null, "Videos of the catalog that may be shown.");
        Gauge(TrendingAge, "s", "Time since the trending videos were read.");
        Gauge(Coverage, null, "Part of the catalog's videos that this replica showed in the last window, 0 to 1.");
        Gauge(ExposureGini, null, "Inequality of showings among the videos shown in the last window: 0 (all alike) to 1 (one has all).");
    }

    public ServingMetrics()
    {
        Observe(LoadedTimestamp, () => _model?.At.ToUnixTimeMilliseconds() / 1000.0);
        s_live[this] = true;
    }

    /// <summary>Says where a gauge's value comes from; null is no value.</summary>
    public void Observe(string gauge, Func<double?> read) => _gauges[gauge] = read;

    /// <summary>A call was answered.</summary>
    public void Answered(string method, string tier, Degradation degradation, TimeSpan took) =>
        _requests.Record(took.TotalSeconds, Label("method", method), Label("tier", tier), Label("degradation", WireNames.Of(degradation)));

    /// <summary>Videos of one source were in an answer.</summary>
    public void Shown(Source source, int videos) => _videos.Add(videos, Label("source", WireNames.Of(source)));

    /// <summary>A filter kept videos out.</summary>
    public void Filtered(string filter, int videos) => _filtered.Add(videos, Label("filter", filter));

    /// <summary>A source proposed videos that may be shown.</summary>
    public void Proposed(string source, int videos, TimeSpan took)
    {
        _proposed.Add(videos, Label("source", source));
        _sourceDurations.Record(took.TotalSeconds, Label("source", source));
    }

    /// <summary>A source took too long.</summary>
    public void SourceTimedOut(string source) => _sourceTimeouts.Add(1, Label("source", source));

    /// <summary>How unlike one another the videos of an answer are.</summary>
    public void Diverse(double dissimilarity) => _diversity.Record(dissimilarity);

    /// <summary>A call was turned away.</summary>
    public void Shed() => _shed.Add(1);

    /// <summary>A source failed.</summary>
    public void SourceFailed(string source) => _sourceFailures.Add(1, Label("source", source));

    /// <summary>A viewer's vector was solved.</summary>
    public void FoldedIn(TimeSpan took) => _foldIn.Record(took.TotalSeconds);

    /// <summary>An answer's candidates were scored by the plain blend.</summary>
    public void Blended() => _scored.Add(1, Label("scorer", "blend"));

    /// <summary>An answer's candidates were scored by the ranker.</summary>
    public void Ranked(TimeSpan took)
    {
        _scored.Add(1, Label("scorer", "ranker"));
        _ranker.Record(took.TotalSeconds);
    }

    /// <summary>The ranker failed an answer.</summary>
    public void RankerFailed() => _rankerFailures.Add(1, Label("reason", "failed"));

    /// <summary>A loaded model's ranker can't be used.</summary>
    public void RankerRefused() => _rankerFailures.Add(1, Label("reason", "refused"));

    /// <summary>Viewers were read, or why not.</summary>
    public void ViewerRead(string outcome, int viewers = 1) => _viewerReads.Add(viewers, Label("outcome", outcome));

    /// <summary>A model answers from now on.</summary>
    public void ModelLoaded(ModelManifest manifest, DateTimeOffset at)
    {
        _model = new LoadedModel(manifest.Version, manifest.Trainer, at);
        _modelLoads.Add(1, Label("outcome", "ok"));
    }

    /// <summary>A model could not be loaded.</summary>
    public void ModelRefused() => _modelLoads.Add(1, Label("outcome", "refused"));

    /// <summary>Impressions are durable.</summary>
    public void ImpressionsWritten(int count) => _impressions.Add(count);

    /// <summary>Impressions were given up.</summary>
    public void ImpressionsDropped(string reason, int count) => _impressionsDropped.Add(count, Label("reason", reason));

    /// <inheritdoc/>
    public void Dispose() => s_live.TryRemove(this, out _);

    /// <summary>The value of a gauge; null when it has none.</summary>
    internal double? Read(string gauge) => _gauges.TryGetValue(gauge, out var read) ? read() : null;

    /// <summary>The model that answers, as a measurement with its version; none when there is none.</summary>
    internal IEnumerable<Measurement<int>> ModelInfo() =>
        _model is { } model ? [new Measurement<int>(1, Label("version", model.Version), Label("trainer", model.Trainer))] : [];

    private static Histogram<double> Duration(string name, string description) => s_meter.CreateHistogram(name, "s", description, tags: null, s_durations);

    private static Counter<long> Counter(string name, string description) => s_meter.CreateCounter<long>("recommender.serving." + name, description: description);

    private static void Gauge(string name, string? unit, string description) => s_meter.CreateObservableGauge(
        name, () => s_live.Keys.Select(m => m.Read(name)).OfType<double>().Select(value => new Measurement<double>(value)), unit, description);

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);

    private sealed record LoadedModel(string Version, string Trainer, DateTimeOffset At);
}
