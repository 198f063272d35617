using System.Diagnostics.Metrics;
using Recommender.Contracts.Json;
using Recommender.Features.State;
using Recommender.Hosting.Telemetry;
using Recommender.V1;

namespace Recommender.Features;

/// <summary>What the feature service counts.</summary>
internal sealed class FeatureMetrics
{
    private readonly Counter<long> _events = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.features.events",
        description: "Events read, by type and outcome (effective: it counts; duplicate: a retry of one that counts; replayed: absorbed before).");

    private readonly Counter<long> _catalog = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.features.catalog", description: "Catalog records absorbed.");

    private readonly Counter<long> _rejected = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.features.rejected", description: "Records that could not be processed, by topic.");

    private readonly Counter<long> _gaps = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.features.offset_gap", description: "Records that were gone from the log before they were read, by topic.");

    private readonly Counter<long> _conflicts = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.features.conflicts", description: "Conditional writes to Redis that another writer won, by value (viewer, video, marks).");

    private readonly Counter<long> _states = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.features.states", description: "States that batches needed, by value (viewer, video) and where they came from (memory, redis).");

    private readonly Counter<long> _begunAnew = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.features.states.damaged", description: "Values in Redis that were damaged, or of another type, and are begun anew, by what they are (viewer, video, trending).");

    private readonly Counter<long> _rewinds = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.features.rewinds", description: "Times that reading went back to the watermarks after a failure.");

    private readonly Counter<long> _files = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.features.archive.files", description: "Files written to the archive, by type.");

    private readonly Counter<long> _rows = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.features.archive.rows", description: "Rows written to the archive, by type.");

    private readonly Counter<long> _erased = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.features.archive.erased", description: "Rows of viewers who asked to be forgotten, removed from the archive.");

    private readonly Counter<long> _merged = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.features.archive.merged", description: "Small files of the archive merged into larger ones.");

    private readonly Gauge<long> _wishes = RecommenderTelemetry.Meter.CreateGauge<long>(
        "recommender.features.erasures.pending", description: "Wishes to be forgotten whose rows are not removed from the archive yet.");

    private readonly Gauge<long> _buffered = RecommenderTelemetry.Meter.CreateGauge<long>(
        "recommender.features.archive.buffered", "By", "Bytes that wait to be archived.");

    private readonly Gauge<long> _spooled = RecommenderTelemetry.Meter.CreateGauge<long>(
        "recommender.features.archive.spooled", "By", "Bytes of finished files that wait to be sent to the bucket.");

    private readonly Gauge<long> _lag = RecommenderTelemetry.Meter.CreateGauge<long>(
        "recommender.features.lag", description: "Records in the log that are not absorbed yet, by topic.");

    private readonly Gauge<long> _halted = RecommenderTelemetry.Meter.CreateGauge<long>(
        "recommender.features.halted", description: "Partitions that are not read: their log ends before what was absorbed of it, or a stored value that they need can't be read.");

    private readonly Histogram<double> _batch = RecommenderTelemetry.Meter.CreateHistogram(
        "recommender.features.batch.duration", "s", "How long batches take to be absorbed.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] });

    private readonly Histogram<long> _batchRecords = RecommenderTelemetry.Meter.CreateHistogram(
        "recommender.features.batch.records", description: "Records absorbed together (at most Features:MaxBatch).", unit: null, tags: null,
        advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 10, 100, 1000, 10_000, 100_000] });

    private readonly Gauge<long> _prefetched = RecommenderTelemetry.Meter.CreateGauge<long>(
        "recommender.features.prefetched", "By", "Bytes fetched from Kafka that wait to be absorbed (at most Kafka:MaxPrefetchMegabytes and one answer).");

    private readonly Histogram<double> _visible = RecommenderTelemetry.Meter.CreateHistogram(
        "recommender.features.visible.delay", "s", "From the door's taking an event until it is in the viewer's online state.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] });

    public void Absorbed(EventType type, Absorption outcome, long events) => _events.Add(events, new("type", EventTypeNames.NameOf(type)), new("outcome", NameOf(outcome)));

    public void Visible(TimeSpan delay) => _visible.Record(Math.Max(0, delay.TotalSeconds));

    public void CatalogAbsorbed(int records) => _catalog.Add(records);

    public void Rejected(string topic) => _rejected.Add(1, new KeyValuePair<string, object?>("topic", topic));

    public void Gap(string topic, long records) => _gaps.Add(records, new KeyValuePair<string, object?>("topic", topic));

    public void Conflicts(string value, int count)
    {
        if (count > 0) _conflicts.Add(count, new KeyValuePair<string, object?>("value", value));
    }

    public void StatesRead(string value, int all, int cold)
    {
        _states.Add(all - cold, new("value", value), new("from", "memory"));
        _states.Add(cold, new("value", value), new("from", "redis"));
    }

    public void BegunAnew(string value, int count) => _begunAnew.Add(count, new KeyValuePair<string, object?>("value", value));

    public void Rewound() => _rewinds.Add(1);

    public void Archived(string type, int files, int rows)
    {
        _files.Add(files, new KeyValuePair<string, object?>("type", type));
        _rows.Add(rows, new KeyValuePair<string, object?>("type", type));
    }

    public void Kept(long erased, int merged)
    {
        _erased.Add(erased);
        _merged.Add(merged);
    }

    public void PendingErasures(long wishes) => _wishes.Record(wishes);

    public void Buffered(long bytes) => _buffered.Record(bytes);

    public void Spooled(long bytes) => _spooled.Record(bytes);

    public void Lag(string topic, long records) => _lag.Record(records, new KeyValuePair<string, object?>("topic", topic));

    public void Halted(int partitions) => _halted.Record(partitions);

    public void Batch(int records, TimeSpan duration)
    {
        _batchRecords.Record(records);
        _batch.Record(duration.TotalSeconds);
    }

    public void Prefetched(long bytes) => _prefetched.Record(bytes);

    private static string NameOf(Absorption outcome) => outcome switch
    {
        Absorption.Effective => "effective",
        Absorption.Duplicate => "duplicate",
        Absorption.Forgotten => "forgotten",
        _ => "replayed",
    };
}
