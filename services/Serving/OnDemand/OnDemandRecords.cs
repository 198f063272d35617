using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Telemetry;
using Recommender.Serving.Impressions;
using Recommender.V1;
using ProtoTimestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Recommender.Serving.OnDemand;

/// <summary>Answers as records of the response topic: keyed by viewer, with the request's id as the event's id, so that an answer given twice can be told.</summary>
internal static class OnDemandRecords
{
    private static readonly byte[] s_source = "/recommender/serving"u8.ToArray();
    private static readonly byte[] s_specVersion = "1.0"u8.ToArray();
    private static readonly byte[] s_contentType = "application/json"u8.ToArray();
    private static readonly byte[] s_type = Encoding.ASCII.GetBytes(Topics.Response);

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

    private static KafkaRecord Create(RecommendationRecord answer)
    {
        var headers = new Headers
        {
            { CloudEventHeaders.SpecVersion, s_specVersion },
            { CloudEventHeaders.Id, Encoding.UTF8.GetBytes(answer.RequestId) },
            { CloudEventHeaders.Type, s_type },
            { CloudEventHeaders.Source, s_source },
            { CloudEventHeaders.Time, Encoding.ASCII.GetBytes(JsonTime.Format(ProtoTimestamp.FromDateTimeOffset(answer.AnsweredAt))) },
            { CloudEventHeaders.ContentType, s_contentType },
        };
        if (TraceHeaders.Current() is { } traceParent) headers.Add(CloudEventHeaders.TraceParent, traceParent);
        return new KafkaRecord(
            Topics.Response, Encoding.UTF8.GetBytes(answer.UserId), JsonSerializer.SerializeToUtf8Bytes(answer, RecordJson.Default.RecommendationRecord), headers, answer.AnsweredAt);
    }
}
