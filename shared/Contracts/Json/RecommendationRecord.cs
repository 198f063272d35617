using System.Text.Json.Serialization;

namespace Recommender.Contracts.Json;

/// <summary>The answer to a request, as the response topic carries it.</summary>
/// <param name="RequestId">Id of the request; impressions and events carry it, too.</param>
/// <param name="UserId">The viewer.</param>
/// <param name="Videos">What to show, in this order; empty with an error.</param>
/// <param name="ModelVersion">The live model version; empty when none.</param>
/// <param name="ExperimentArm">The viewer's experiment arms; empty when none.</param>
/// <param name="Degradation">What the answer lacks, e.g. <c>none</c> or <c>trending_only</c>.</param>
/// <param name="Tier">What it mainly comes from: <c>realtime</c>, <c>precomputed</c> or <c>trending</c>; empty with an error.</param>
/// <param name="AnsweredAt">When the answer was made, UTC.</param>
public sealed record RecommendationRecord(
    string RequestId, string UserId, IReadOnlyList<RecommendedItem> Videos, string ModelVersion, string ExperimentArm, string Degradation, string Tier,
    DateTimeOffset AnsweredAt)
{
    /// <summary>Why there is no answer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RequestError? Error { get; init; }
}

/// <summary>One video of an answer.</summary>
/// <param name="VideoId">The video.</param>
/// <param name="Score">The score it was ranked by.</param>
/// <param name="Source">The source that it counts for, e.g. <c>realtime</c>.</param>
/// <param name="Propensity">Probability with which exploration put it at this position, 0..1.</param>
public sealed record RecommendedItem(string VideoId, double Score, string Source, double Propensity)
{
    /// <summary>Why, in plain words, where the request asked to explain.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>Why, for programs, where the request asked to explain.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImpressionExplanation? Explanation { get; init; }
}

/// <summary>Why a request has no answer.</summary>
/// <param name="Code">Name of the gRPC status: <c>INVALID_ARGUMENT</c>, <c>DEADLINE_EXCEEDED</c> or <c>INTERNAL</c>.</param>
/// <param name="Message">For people.</param>
/// <param name="Fields">The wrong fields of the request.</param>
public sealed record RequestError(string Code, string Message, IReadOnlyList<WrongField> Fields);

/// <summary>A wrong field of a request.</summary>
/// <param name="Field">Its path, e.g. <c>exclude_video_ids[3]</c>.</param>
/// <param name="Description">What is wrong, with the allowed range.</param>
public sealed record WrongField(string Field, string Description);
