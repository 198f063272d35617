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
    string ModelVersion, string ExperimentArm, string Surface, string Degradation, DateTimeOffset ShownAt)
{
    /// <summary>Why the video was shown, in plain words, where the request asked to explain.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>Why the video was shown, where the request asked to explain.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImpressionExplanation? Explanation { get; init; }

    /// <summary>What the features mean; 0 where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int FeatureVersion { get; init; }

    /// <summary>The ranker's features of viewer and video when it was shown, in the order of that version; null for answers of which they were not taken.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<float>? Features { get; init; }
}

/// <summary>Why a video was shown.</summary>
/// <param name="ProposedBy">Names of the sources that proposed it, the one that it counts for first.</param>
/// <param name="ScoreParts">What its score is made of; empty for exploration.</param>
/// <param name="FiltersPassed">Names of the filters that let it pass.</param>
/// <param name="RankByScore">0-based place by score, before diversity; -1 for exploration.</param>
/// <param name="Similarity">Greatest similarity to a video before it in the response, 0..1.</param>
/// <param name="AuthorRepeats">Videos of its author shortly before it.</param>
/// <param name="Exploration">How it was drawn; empty when it was not.</param>
/// <param name="Events">What the viewer did that brought it there.</param>
public sealed record ImpressionExplanation(
    IReadOnlyList<string> ProposedBy, IReadOnlyDictionary<string, double> ScoreParts, IReadOnlyList<string> FiltersPassed, int RankByScore,
    double Similarity, int AuthorRepeats, string Exploration, IReadOnlyList<ImpressionEvent> Events)
{
    /// <summary>What made the score: <c>blend</c>, or <c>ranker</c>.</summary>
    public string Scorer { get; init; } = "";
}

/// <summary>Something that a viewer did, as the reason for an impression.</summary>
/// <param name="Type">E.g. <c>like</c>.</param>
/// <param name="VideoId">The video that it was done with.</param>
/// <param name="OccurredAt">When, UTC.</param>
/// <param name="Similarity">Of that video to the one shown, -1..1; 0 when unknown.</param>
public sealed record ImpressionEvent(string Type, string VideoId, DateTimeOffset OccurredAt, double Similarity);

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
/// <param name="Name">Which of the viewer's names this record is of, from 1: under several, the same request has several records.</param>
/// <param name="Names">How many names that are, at most <see cref="MostNames"/>.</param>
public sealed record Erasure(string ErasureId, string UserId, DateTimeOffset RequestedAt, int Name = 1, int Names = 1)
{
    /// <summary>No request has more records than this.</summary>
    public const int MostNames = 16;
}

/// <summary>JSON forms of records that only this product writes; snake_case names.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Impression))]
[JsonSerializable(typeof(ModelAnnouncement))]
[JsonSerializable(typeof(Erasure))]
[JsonSerializable(typeof(RecommendationRecord))]
public sealed partial class RecordJson : JsonSerializerContext;
