using System.Diagnostics.Metrics;
using Recommender.Hosting.Telemetry;

namespace Recommender.Standalone.Embedded.Journal;

/// <summary>What the journal counts.</summary>
internal static class JournalMetrics
{
    private static readonly Counter<long> s_records = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.journal.records", description: "Records kept in the journal by outcome (kept, failed).");

    private static readonly Gauge<long> s_queued = RecommenderTelemetry.Meter.CreateGauge<long>(
        "recommender.journal.queued", "By", "Bytes that wait for the disk.");

    private static readonly Gauge<long> s_bytes = RecommenderTelemetry.Meter.CreateGauge<long>(
        "recommender.journal.size", "By", "Bytes in the journal's files: what state and archive have not finished, and the rest of those files.");

    private static readonly Histogram<double> s_commit = RecommenderTelemetry.Meter.CreateHistogram(
        "recommender.journal.commit.duration", "s", "How long a group of records takes to be on disk.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1] });

    public static void Kept(int records, TimeSpan duration)
    {
        s_records.Add(records, new KeyValuePair<string, object?>("outcome", "kept"));
        s_commit.Record(duration.TotalSeconds);
    }

    public static void Failed(int records) => s_records.Add(records, new KeyValuePair<string, object?>("outcome", "failed"));

    public static void Queued(long bytes) => s_queued.Record(bytes);

    public static void Size(long bytes) => s_bytes.Record(bytes);
}
