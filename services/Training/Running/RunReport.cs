using System.Text.Json.Serialization;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Evaluation;
using Recommender.Training.Dataset;
using Recommender.Training.Judging;
using Recommender.Training.Ranking;
using Recommender.Training.Triggers;

namespace Recommender.Training.Running;

/// <summary>Everything that a run says about itself; the file beside the run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Trigger">What asked for it, e.g. <c>request</c> or <c>schedule</c>.</param>
/// <param name="Why">Why it ran, in plain words.</param>
/// <param name="CodeVersion">Version of the code, with the source revision where the build knew it.</param>
/// <param name="Device">What computed, e.g. <c>cpu</c>.</param>
/// <param name="Seconds">Duration.</param>
/// <param name="PeakMemoryBytes">Most physical memory that the process held during the run.</param>
/// <param name="DataVersion">Hash of the data's content.</param>
/// <param name="DataRanges">The archived offsets it read: <c>log/type/partition</c> to <c>from-to</c>.</param>
/// <param name="Counts">What was read and left out.</param>
/// <param name="Signals">How each signal is spread.</param>
/// <param name="Split">The split that trials were judged on, <c>time</c> or <c>last_per_viewer</c>.</param>
/// <param name="Trials">Every recipe that was tried.</param>
/// <param name="ModelVersion">The model that it made.</param>
/// <param name="Promoted">Whether the gate let it go live.</param>
/// <param name="Verdict">What became of the model, in plain words.</param>
/// <param name="Checks">What the gate looked at.</param>
/// <param name="Profile">What its data looks like as a whole; drift is measured from it.</param>
/// <param name="StartedFrom">The factors that its model's training began with; null when it began at random.</param>
/// <param name="Ranker">What became of the learned ranker; null in runs that were made without.</param>
internal sealed record RunReport(
    string RunId, string Trigger, string Why, string CodeVersion, string Device, double Seconds, long PeakMemoryBytes, string DataVersion,
    IReadOnlyDictionary<string, string> DataRanges, SnapshotCounts Counts, IReadOnlyDictionary<string, Distribution> Signals, string Split,
    IReadOnlyList<TrialReport> Trials, string ModelVersion, bool Promoted, string Verdict, IReadOnlyList<GateCheck> Checks,
    InputProfile? Profile, ModelStart? StartedFrom = null, RankerReport? Ranker = null);

/// <summary>One recipe that was tried.</summary>
/// <param name="Role"><c>candidate</c>, <c>baseline</c> or <c>champion</c>.</param>
/// <param name="Trainer">Name of the trainer.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Weights">The signal weights.</param>
/// <param name="Metrics">The metrics on the split.</param>
/// <param name="Intervals">Bootstrap intervals of those that are means over viewers.</param>
/// <param name="Segments">Metrics of new and active viewers, of head and tail videos, and the popularity bias.</param>
/// <param name="EpochSeconds">Seconds per pass over the data.</param>
/// <param name="Curve">Quality after each pass.</param>
/// <param name="Bytes">Size of the model's files.</param>
/// <param name="ScoringMilliseconds">Median time in which one thread ranks the catalog for one viewer.</param>
internal sealed record TrialReport(
    string Role, string Trainer, IReadOnlyDictionary<string, string> Parameters, IReadOnlyDictionary<string, string> Weights,
    IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, BootstrapInterval> Intervals, IReadOnlyDictionary<string, double> Segments,
    double EpochSeconds, IReadOnlyList<CurvePoint> Curve, long Bytes, double ScoringMilliseconds);

/// <summary>JSON form of the report; snake_case, indented, since people read it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(RunReport))]
internal sealed partial class RunReportJson : JsonSerializerContext;
