using System.Text;
using System.Text.Json;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Serving.Impressions;
using Recommender.V1;
using ProtoTimestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Recommender.Serving.OnDemand;

/// <summary>Answers as records of the response topic: keyed by viewer, with the request's id as the event's id, so that an answer given twice can be told.</summary>
internal static class OnDemandRecords
{
    /// <summary>An answer.</summary>
    public static KafkaRecord Of(OnDemandRequest request, RecommendResponse response, DateTimeOffset now) => Create(new RecommendationRecord(
        request.Id, request.Request.UserId, [.. response.Videos.Select(Item)], response.ModelVersion, response.ExperimentArm,
        WireNames.Of(response.Degradation), response.Tier, now));

    /// <summary>The reason why there is none.</summary>
    public static KafkaRecord Of(OnDemandRequest request, RequestError error, DateTimeOffset now) =>
        Create(new RecommendationRecord(request.Id, request.Request.UserId, [], "", "", WireNames.Of(Degradation.None), "", now) { Error = error });

    private static RecommendedItem Item(RecommendedVideo video) => new(video.VideoId, video.Score, WireNames.Of(video.Source), video.Propensity)
    {
        Reason = video.Reason.Length > 0 ? video.Reason : null,
        Explanation = video.Explanation is { } explanation ? ImpressionRecords.Explain(explanation) : null,
    };

    private static KafkaRecord Create(RecommendationRecord answer) => new(
        Topics.Response, Encoding.UTF8.GetBytes(answer.UserId), JsonSerializer.SerializeToUtf8Bytes(answer, RecordJson.Default.RecommendationRecord),
        ImpressionRecords.CloudEvents.Headers(Topics.Response, answer.RequestId, ProtoTimestamp.FromDateTimeOffset(answer.AnsweredAt)), answer.AnsweredAt);
}
