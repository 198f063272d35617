using System.Text.Json.Serialization;

namespace Recommender.Contracts.Json;

/// <summary>One video that was shown to one viewer, as the impression topic carries it.</summary>
/// <param name="RequestId">The response that showed it; events carry the same id back.</param>
/// <param name="UserId">The viewer.</param>
/// <param name="VideoId">The video.</param>
/// <param name="Position">0-based place in the response.</param>
/// <param name="Source">The source that proposed it, e.g. <c>realtime</c>.</param>
/// <param name="Score">The score it was ranked by.</param>
/// <param name="Propensity">Probability with which exploration put it at this position, 0..1.</param>
/// <param name="ModelVersion">The live model version; empty when none.</param>
/// <param name="ExperimentArm">The experiment arm; empty when none.</param>
/// <param name="Surface">Where in the app, e.g. <c>for_you</c>.</param>
/// <param name="Degradation">The tier that answered, e.g. <c>none</c> or <c>trending_only</c>.</param>
/// <param name="ShownAt">When the response was made, UTC.</param>
public sealed record Impression(
    string RequestId, string UserId, string VideoId, int Position, string Source, double Score, double Propensity,
    string ModelVersion, string ExperimentArm, string Surface, string Degradation, DateTimeOffset ShownAt);

/// <summary>A model version went live or was rolled back, as the model topic carries it (key: <c>live</c>).</summary>
/// <param name="Version">The version that is live from now on.</param>
/// <param name="PreviousVersion">The version live before; empty when none.</param>
/// <param name="Action"><c>promoted</c> or <c>rolled_back</c>.</param>
/// <param name="RunId">The training run that made the version.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Sha256">Checksum of the version's manifest file, hexadecimal.</param>
public sealed record ModelAnnouncement(string Version, string PreviousVersion, string Action, string RunId, DateTimeOffset At, string Sha256);

/// <summary>A viewer asked to be forgotten, as the erasure topic carries it.</summary>
/// <param name="ErasureId">Id of the request.</param>
/// <param name="UserId">The viewer.</param>
/// <param name="RequestedAt">When, UTC; what the viewer does afterwards counts anew.</param>
public sealed record Erasure(string ErasureId, string UserId, DateTimeOffset RequestedAt);

/// <summary>JSON forms of records that only this product writes; snake_case names.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Impression))]
[JsonSerializable(typeof(ModelAnnouncement))]
[JsonSerializable(typeof(Erasure))]
public sealed partial class RecordJson : JsonSerializerContext;
