using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Modeling.Ranking;
using Recommender.V1;
using ProtoTimestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Recommender.Serving.Impressions;

/// <summary>Turns an answer into records: one per video, keyed by viewer, CloudEvents in binary mode.</summary>
internal static class ImpressionRecords
{
    // What all records share is made once, and what those of an answer share once per answer: there are more of these than of anything else.
    private static readonly Header s_specVersion = new(CloudEventHeaders.SpecVersion, "1.0"u8.ToArray());
    private static readonly Header s_type = new(CloudEventHeaders.Type, Encoding.ASCII.GetBytes(Topics.Impression));
    private static readonly Header s_source = new(CloudEventHeaders.Source, "/recommender/serving"u8.ToArray());
    private static readonly Header s_contentType = new(CloudEventHeaders.ContentType, "application/json"u8.ToArray());

    /// <summary>Adds the records of an answer, in the order of its videos, and releases its features.</summary>
    public static void AddTo(List<KafkaRecord> records, ShownAnswer answer)
    {
        var response = answer.Response;
        var key = Encoding.UTF8.GetBytes(answer.UserId);
        var at = new Header(CloudEventHeaders.Time, Encoding.ASCII.GetBytes(JsonTime.Format(ProtoTimestamp.FromDateTimeOffset(answer.ShownAt))));
        var trace = answer.TraceParent is { } traceParent ? new Header(CloudEventHeaders.TraceParent, traceParent) : null;
        var degradation = WireNames.Of(response.Degradation);
        for (var position = 0; position < response.Videos.Count; position++)
        {
            var video = response.Videos[position];
            var impression = new Impression(
                response.RequestId, answer.UserId, video.VideoId, position, WireNames.Of(video.Source), video.Score, video.Propensity,
                response.ModelVersion, response.ExperimentArm, answer.Surface, degradation, answer.ShownAt)
            {
                Reason = video.Reason.Length > 0 ? video.Reason : null,
                Explanation = video.Explanation is { } explanation ? Explain(explanation) : null,
                FeatureVersion = answer.Features is null ? 0 : RankerFeatures.Version,
                Features = answer.Features?.Of(position).ToArray(),
            };
            var value = JsonSerializer.SerializeToUtf8Bytes(impression, RecordJson.Default.Impression);
            records.Add(new KafkaRecord(Topics.Impression, key, value, Headers(response.RequestId, position, at, trace), answer.ShownAt));
        }
        answer.Features?.Release();
    }

    /// <summary>An explanation in the form of the topics.</summary>
    public static ImpressionExplanation Explain(Explanation explanation) => new(
        explanation.ProposedBy, explanation.ScoreParts.ToDictionary(), explanation.FiltersPassed, explanation.RankByScore, explanation.Similarity,
        explanation.AuthorRepeats, explanation.Exploration,
        [.. explanation.Events.Select(e => new ImpressionEvent(e.Type, e.VideoId, e.OccurredAt.ToDateTimeOffset(), e.Similarity))])
    {
        Scorer = explanation.Scorer,
    };

    private static Headers Headers(string requestId, int position, Header at, Header? trace)
    {
        // The same id whenever it is sent again, so that readers can tell a repetition.
        var id = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{requestId}/{position}"));
        var headers = new Headers { s_specVersion, new Header(CloudEventHeaders.Id, id), s_type, s_source, at, s_contentType };
        if (trace is not null) headers.Add(trace);
        return headers;
    }
}
