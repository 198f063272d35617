using System.Globalization;
using System.Text;
using System.Text.Json;
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
    /// <summary>Makes the headers of what this service writes.</summary>
    public static CloudEvents CloudEvents { get; } = new("/recommender/serving");

    /// <summary>Adds the records of an answer, in the order of its videos, and releases its features.</summary>
    public static void AddTo(List<KafkaRecord> records, ShownAnswer answer)
    {
        var response = answer.Response;
        var key = Encoding.UTF8.GetBytes(answer.UserId);
        // What the records of an answer share is made once: there are more of these than of anything else.
        var (at, trace) = (CloudEvents.Time(ProtoTimestamp.FromDateTimeOffset(answer.ShownAt)), CloudEvents.Trace(answer.TraceParent));
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
            // The same id whenever it is sent again, so that readers can tell a repetition.
            var id = string.Create(CultureInfo.InvariantCulture, $"{response.RequestId}/{position}");
            records.Add(new KafkaRecord(Topics.Impression, key, value, CloudEvents.Headers(Topics.Impression, id, at, trace), answer.ShownAt));
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
}
