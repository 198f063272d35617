using System.Globalization;
using System.Text;
using System.Text.Json;
using Recommender.Modeling.Evaluation;

namespace Recommender.Standalone.Evaluate;

/// <summary>The result of one evaluation.</summary>
internal sealed record EvaluateReport
{
    private static readonly string[] MetricNames = ["recall", "ndcg", "hit_rate", "coverage"];

    /// <summary>Name of the trainer.</summary>
    public required string Trainer { get; init; }

    /// <summary>What it was trained on: <c>cpu</c> or <c>cuda</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Such as <c>recall@20</c>.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Median over the iterations of the training.</summary>
    public required double SecondsPerIteration { get; init; }

    /// <summary>From the start of reading to the end of ranking.</summary>
    public required double TotalSeconds { get; init; }

    /// <summary>Most physical memory that the process held at any time.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>Every parameter of the trainer.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Viewers in all files.</summary>
    public required int Viewers { get; init; }

    /// <summary>Items in all files: the catalog that was ranked.</summary>
    public required int Items { get; init; }

    /// <summary>Distinct positive pairs that were trained on.</summary>
    public required long TrainInteractions { get; init; }

    /// <summary>Viewers with a test item, over whom the metrics are means.</summary>
    public required int EvaluatedViewers { get; init; }

    /// <summary>Lines that could not be used.</summary>
    public required long SkippedLines { get; init; }

    /// <summary>One JSON object on one line.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("trainer", Trainer);
            json.WriteString("device", Device);
            json.WriteStartObject("metrics");
            foreach (var (name, value) in Metrics) json.WriteNumber(name, value);
            json.WriteEndObject();
            json.WriteNumber("seconds_per_iteration", SecondsPerIteration);
            json.WriteNumber("total_seconds", TotalSeconds);
            json.WriteNumber("peak_memory_bytes", PeakMemoryBytes);
            json.WriteStartObject("parameters");
            foreach (var (key, value) in Parameters) WriteParameter(json, key, value);
            json.WriteEndObject();
            json.WriteStartObject("data");
            json.WriteNumber("viewers", Viewers);
            json.WriteNumber("items", Items);
            json.WriteNumber("train_interactions", TrainInteractions);
            json.WriteNumber("evaluated_viewers", EvaluatedViewers);
            json.WriteNumber("skipped_lines", SkippedLines);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>A table for people.</summary>
    public string ToTable()
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        Line($"{Trainer} on {Viewers:N0} viewers, {Items:N0} items and {TrainInteractions:N0} interactions; {EvaluatedViewers:N0} viewers ranked over the full catalog.");
        if (Parameters.Count > 0) Line($"{string.Join(" ", Parameters.Select(p => $"{p.Key}={p.Value}"))}");
        Line($"");
        Line($"{"k",4}{string.Concat(MetricNames.Select(name => name.PadLeft(11)))}");
        foreach (var k in Evaluator.DefaultCutoffs)
            Line($"{k,4}{string.Concat(MetricNames.Select(name => Metrics[$"{name}@{k}"].ToString("0.00000", CultureInfo.InvariantCulture).PadLeft(11)))}");
        Line($"");
        text.Append(CultureInfo.InvariantCulture, $"{SecondsPerIteration:0.000} s an iteration, {TotalSeconds:0.0} s in all, {PeakMemoryBytes / 1e6:N0} MB of memory at most.");
        return text.ToString();
    }

    private static void WriteParameter(Utf8JsonWriter json, string key, string value)
    {
        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) json.WriteNumber(key, number);
        else json.WriteString(key, value);
    }
}
