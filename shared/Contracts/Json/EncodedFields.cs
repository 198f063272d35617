using System.Text.Json;

namespace Recommender.Contracts.Json;

/// <summary>The names of <see cref="EventFields"/> as JSON has them, made once.</summary>
internal static class EncodedFields
{
    public static readonly JsonEncodedText EventId = JsonEncodedText.Encode(EventFields.EventId);
    public static readonly JsonEncodedText Type = JsonEncodedText.Encode(EventFields.Type);
    public static readonly JsonEncodedText UserId = JsonEncodedText.Encode(EventFields.UserId);
    public static readonly JsonEncodedText VideoId = JsonEncodedText.Encode(EventFields.VideoId);
    public static readonly JsonEncodedText AuthorId = JsonEncodedText.Encode(EventFields.AuthorId);
    public static readonly JsonEncodedText OccurredAt = JsonEncodedText.Encode(EventFields.OccurredAt);
    public static readonly JsonEncodedText ReceivedAt = JsonEncodedText.Encode(EventFields.ReceivedAt);
    public static readonly JsonEncodedText WatchTimeMs = JsonEncodedText.Encode(EventFields.WatchTimeMs);
    public static readonly JsonEncodedText SessionId = JsonEncodedText.Encode(EventFields.SessionId);
    public static readonly JsonEncodedText RequestId = JsonEncodedText.Encode(EventFields.RequestId);
    public static readonly JsonEncodedText Position = JsonEncodedText.Encode(EventFields.Position);
    public static readonly JsonEncodedText Surface = JsonEncodedText.Encode(EventFields.Surface);
}
