using System.Text;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Features.State;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;

namespace Recommender.Features.Consuming;

/// <summary>Reads events from their topics and refuses what would harm the state: the door is stricter, but it is not the only one who can write.</summary>
internal static class EventReader
{
    /// <summary>How far an event may be ahead of its record: a device's clock may be wrong by a day and an hour of summer time.</summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromHours(25);

    /// <summary>Reads a record of an event topic; null when that went well, otherwise what is wrong with it.</summary>
    /// <param name="record">The record.</param>
    /// <param name="log">Hash of the topic's log.</param>
    /// <param name="topic">Number of the topic.</param>
    /// <param name="videoIds">Ids of videos that are in memory already.</param>
    /// <param name="result">The event.</param>
    public static string? Read(in TopicRecord record, ulong log, byte topic, SharedTexts videoIds, out FeatureEvent result)
    {
        result = default;
        if (record.Value is null) return "the record has no value";
        EventFacts e;
        try
        {
            e = EventFacts.Parse(record.Value);
        }
        catch (FormatException error)
        {
            return error.Message;
        }
        if (Check(e, record) is { } violation) return $"{violation.Field} {violation.Description}";
        var (_, partition, offset) = record.Position;
        var isOfAuthor = EventTypes.IsOfAuthor(e.Type);
        result = new FeatureEvent(
            StableHash.Of(e.EventId), e.Type, Encoding.UTF8.GetString(e.UserId), isOfAuthor ? "" : videoIds.Of(e.VideoId), e.OccurredAt!.Value.ToUnixTimeMilliseconds(),
            e.WatchTime is { } watched ? (long)watched.TotalMilliseconds : null, (e.ReceivedAt ?? record.Timestamp).ToUnixTimeMilliseconds(),
            new LogPosition(log, topic, partition, offset + 1), isOfAuthor ? Encoding.UTF8.GetString(e.AuthorId) : "");
        return null;
    }

    /// <summary>Whether a record of this time may say that something happened at that one.</summary>
    public static FieldViolation? CheckTime(string field, DateTimeOffset at, DateTimeOffset recordedAt)
    {
        if (at < DateTimeOffset.UnixEpoch) return new FieldViolation(field, "is before 1970");
        return at - recordedAt > MaxAhead ? new FieldViolation(field, "is more than 25 hours after the record was written") : null;
    }

    private static FieldViolation? Check(in EventFacts e, in TopicRecord record)
    {
        if (FieldRules.RequiredId("event_id", e.EventId) is { } id) return id;
        if (FieldRules.RequiredId("user_id", e.UserId) is { } user) return user;
        if ((EventTypes.IsOfAuthor(e.Type) ? FieldRules.RequiredId("author_id", e.AuthorId) : FieldRules.RequiredId("video_id", e.VideoId)) is { } about) return about;
        if (Topics.Of(e.Type) != record.Position.Topic) return new FieldViolation("type", $"'{EventTypeNames.NameOf(e.Type)}' does not belong to this topic");
        if (e.WatchTime < TimeSpan.Zero) return new FieldViolation("watch_time_ms", "is negative");
        return e.OccurredAt is { } at ? CheckTime("occurred_at", at, record.Timestamp) : new FieldViolation("occurred_at", "is missing");
    }
}
