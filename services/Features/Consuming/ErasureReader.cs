using System.Text.Json;
using Recommender.Contracts.Json;
using Recommender.Features.State;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;

namespace Recommender.Features.Consuming;

/// <summary>Reads viewers' wishes to be forgotten.</summary>
internal static class ErasureReader
{
    /// <summary>Reads a record of the erasure topic; null when that went well, otherwise what is wrong with it.</summary>
    /// <param name="record">The record.</param>
    /// <param name="log">Hash of the topic's log.</param>
    /// <param name="topic">Number of the topic.</param>
    /// <param name="result">The wish, among what the viewer did.</param>
    /// <param name="wish">The wish as it was made.</param>
    public static string? Read(in TopicRecord record, ulong log, byte topic, out FeatureEvent result, out Erasure? wish)
    {
        (result, wish) = (default, null);
        if (record.Value is null) return "the record has no value";
        try
        {
            if (JsonSerializer.Deserialize(record.Value, RecordJson.Default.Erasure) is not { } erasure) return "the record is not a JSON object";
            var wrong = FieldRules.RequiredId("user_id", erasure.UserId ?? "") ?? EventReader.CheckTime("requested_at", erasure.RequestedAt, record.Timestamp);
            if (wrong is { } violation) return $"{violation.Field} {violation.Description}";
            if (erasure.Names is < 1 or > Erasure.MostNames) return $"names is {erasure.Names} but must be 1 to {Erasure.MostNames}";
            if (erasure.Name < 1 || erasure.Name > erasure.Names) return $"name is {erasure.Name} but must be 1 to {erasure.Names}";
            wish = erasure;
            var (_, partition, offset) = record.Position;
            result = FeatureEvent.Erasure(erasure.UserId!, erasure.RequestedAt.ToUnixTimeMilliseconds(), new LogPosition(log, topic, partition, offset + 1));
            return null;
        }
        catch (JsonException)
        {
            return "the record is not an erasure in JSON";
        }
    }
}
