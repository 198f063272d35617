using System.Text.Json.Serialization;
using Recommender.Training.Dataset;

namespace Recommender.Training.Running;

/// <summary>What a run found on the way; the file beside the run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="DataRanges">The archived offsets it read: <c>log/type/partition</c> to <c>from-to</c>.</param>
/// <param name="Counts">What was read and left out.</param>
/// <param name="Signals">How each signal is spread.</param>
/// <param name="Split">The split that trials were judged on, <c>time</c> or <c>last_per_viewer</c>.</param>
/// <param name="Trials">Every recipe that was tried.</param>
/// <param name="Verdict">What became of the model, in plain words.</param>
internal sealed record RunReport(
    string RunId, IReadOnlyDictionary<string, string> DataRanges, SnapshotCounts Counts, IReadOnlyDictionary<string, Distribution> Signals,
    string Split, IReadOnlyList<TrialReport> Trials, string Verdict);

/// <summary>One recipe that was tried.</summary>
/// <param name="Role"><c>candidate</c>, <c>baseline</c> or <c>champion</c>.</param>
/// <param name="Trainer">Name of the trainer.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Weights">The signal weights.</param>
/// <param name="Metrics">The metrics on the split.</param>
/// <param name="EpochSeconds">Seconds per pass over the data.</param>
internal sealed record TrialReport(
    string Role, string Trainer, IReadOnlyDictionary<string, string> Parameters, IReadOnlyDictionary<string, string> Weights,
    IReadOnlyDictionary<string, double> Metrics, double EpochSeconds);

/// <summary>JSON form of the report; snake_case, indented, since people read it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(RunReport))]
internal sealed partial class RunReportJson : JsonSerializerContext;
