using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Recommender.Hosting.Telemetry;

/// <summary>Renders all metrics in Prometheus' text exposition format 0.0.4 whenever it is scraped.</summary>
/// <remarks>It must be marked for pushing too: the SDK's scope for pull-only exporters is internal, and Collect() would do nothing.</remarks>
[ExportModes(ExportModes.Push | ExportModes.Pull)]
internal sealed class PrometheusTextExporter : BaseExporter<Metric>
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new(16 * 1024);

    public PrometheusTextExporter() =>
        Reader = new BaseExportingMetricReader(this) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };

    public MetricReader Reader { get; }

    /// <summary>Collects every instrument now and returns the page.</summary>
    public string Scrape()
    {
        lock (_gate)
        {
            _text.Clear();
            Reader.Collect(timeoutMilliseconds: 5000);
            return _text.ToString();
        }
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var families = new HashSet<string>(StringComparer.Ordinal);
        foreach (var metric in batch)
        {
            var name = PrometheusNames.Metric(metric);
            if (families.Add(name)) WriteHeader(metric, name);
            foreach (ref readonly var point in metric.GetMetricPoints()) WritePoint(metric, name, point);
        }
        return ExportResult.Success;
    }

    private void WriteHeader(Metric metric, string name)
    {
        var help = metric.Description.Length > 0 ? metric.Description : metric.Name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(PrometheusNames.EscapeHelp(help)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(PrometheusNames.TypeOf(metric.MetricType)).Append('\n');
    }

    private void WritePoint(Metric metric, string name, in MetricPoint point)
    {
        var labels = PrometheusNames.Labels(point.Tags);
        switch (metric.MetricType)
        {
            case MetricType.Histogram: WriteHistogram(name, labels, point); break;
            case MetricType.LongSum or MetricType.LongSumNonMonotonic: WriteLine(name, labels, point.GetSumLong()); break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic: WriteLine(name, labels, point.GetSumDouble()); break;
            case MetricType.LongGauge: WriteLine(name, labels, point.GetGaugeLastValueLong()); break;
            case MetricType.DoubleGauge: WriteLine(name, labels, point.GetGaugeLastValueDouble()); break;
            default: break; // exponential histograms have no form in this format, and no instrument here makes one
        }
    }

    private void WriteHistogram(string name, string labels, in MetricPoint point)
    {
        long cumulative = 0;
        var separator = labels.Length > 0 ? "," : "";
        foreach (var bucket in point.GetHistogramBuckets())
        {
            cumulative += bucket.BucketCount;
            var bound = double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : bucket.ExplicitBound.ToString("R", CultureInfo.InvariantCulture);
            WriteLine(name + "_bucket", $"{labels}{separator}le=\"{bound}\"", cumulative);
        }
        WriteLine(name + "_sum", labels, point.GetHistogramSum());
        WriteLine(name + "_count", labels, point.GetHistogramCount());
    }

    private void WriteLine(string name, string labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0) _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}
