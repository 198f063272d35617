using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Recommender.Hosting.Telemetry;

/// <summary>Translates OpenTelemetry's names, units and labels into Prometheus' conventions.</summary>
internal static class PrometheusNames
{
    public static string TypeOf(MetricType type) => type switch
    {
        MetricType.Histogram => "histogram",
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        _ => "gauge",
    };

    /// <summary>Dots become underscores, the unit becomes a suffix, counters end in _total.</summary>
    public static string Metric(Metric metric)
    {
        var name = Sanitize(metric.Name);
        // Prometheus keeps the suffix _count for histograms.
        if (metric.MetricType != MetricType.Histogram && name.EndsWith("_count", StringComparison.Ordinal)) name = name[..^"_count".Length];
        var unit = metric.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        if (!name.EndsWith(unit, StringComparison.Ordinal)) name += unit;
        if (TypeOf(metric.MetricType) == "counter" && !name.EndsWith("_total", StringComparison.Ordinal)) name += "_total";
        return name;
    }

    public static string Labels(ReadOnlyTagCollection tags)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(Sanitize(key)).Append("=\"");
            var plain = value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
            text.Append(EscapeHelp(plain).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }
        return text.ToString();
    }

    public static string EscapeHelp(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Sanitize(string name) => string.Create(name.Length, name, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++) span[i] = char.IsAsciiLetterOrDigit(source[i]) ? source[i] : '_';
    });
}
