using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.V1;
using ProtoTimestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Recommender.Serving.Impressions;

/// <summary>Turns an answer into records: one per video, keyed by viewer, CloudEvents in binary mode.</summary>
internal static class ImpressionRecords
{
    private static readonly byte[] s_source = "/recommender/serving"u8.ToArray();
    private static readonly byte[] s_specVersion = "1.0"u8.ToArray();
    private static readonly byte[] s_contentType = "application/json"u8.ToArray();
    private static readonly byte[] s_type = Encoding.ASCII.GetBytes(Topics.Impression);

    /// <summary>Adds the records of an answer, in the order of its videos.</summary>
    public static void AddTo(List<KafkaRecord> records, ShownAnswer answer)
    {
        var response = answer.Response;
        var key = Encoding.UTF8.GetBytes(answer.UserId);
        var at = Encoding.ASCII.GetBytes(JsonTime.Format(ProtoTimestamp.FromDateTimeOffset(answer.ShownAt)));
        var degradation = WireNames.Of(response.Degradation);
        for (var position = 0; position < response.Videos.Count; position++)
        {
            var video = response.Videos[position];
            var impression = new Impression(
                response.RequestId, answer.UserId, video.VideoId, position, WireNames.Of(video.Source), video.Score, video.Propensity,
                response.ModelVersion, response.ExperimentArm, answer.Surface, degradation, answer.ShownAt)
            {
                Explanation = video.Explanation is { } explanation ? Explain(explanation) : null,
            };
            var value = JsonSerializer.SerializeToUtf8Bytes(impression, RecordJson.Default.Impression);
            records.Add(new KafkaRecord(Topics.Impression, key, value, Headers(response.RequestId, position, at, answer.TraceParent), answer.ShownAt));
        }
    }

    /// <summary>An explanation in the form of the topics.</summary>
    public static ImpressionExplanation Explain(Explanation explanation) => new(
        explanation.ProposedBy, explanation.ScoreParts.ToDictionary(), explanation.FiltersPassed, explanation.RankByScore, explanation.Similarity,
        explanation.AuthorRepeats, explanation.Exploration,
        [.. explanation.Events.Select(e => new ImpressionEvent(e.Type, e.VideoId, e.OccurredAt.ToDateTimeOffset(), e.Similarity))]);

    private static Headers Headers(string requestId, int position, byte[] at, byte[]? traceParent)
    {
        var headers = new Headers
        {
            { CloudEventHeaders.SpecVersion, s_specVersion },
            // The same whenever it is sent again, so that readers can tell a repetition.
            { CloudEventHeaders.Id, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{requestId}/{position}")) },
            { CloudEventHeaders.Type, s_type },
            { CloudEventHeaders.Source, s_source },
            { CloudEventHeaders.Time, at },
            { CloudEventHeaders.ContentType, s_contentType },
        };
        if (traceParent is not null) headers.Add(CloudEventHeaders.TraceParent, traceParent);
        return headers;
    }
}
