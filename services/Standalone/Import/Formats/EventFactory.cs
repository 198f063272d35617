using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts.Json;
using Recommender.V1;

namespace Recommender.Standalone.Import.Formats;

/// <summary>
/// Makes events whose ids depend on nothing but what they say, so that the same line imported again is a retry to the system and counts once.
/// </summary>
/// <param name="format">Name of the format; part of every id.</param>
/// <param name="prefix">Put before every user and video id, so that data sets with the same numbers can live side by side.</param>
internal sealed class EventFactory(string format, string prefix = "")
{
    /// <summary>The user or video id as the system shall know it.</summary>
    public string Id(string id) => prefix + id;

    /// <summary>An event with its derived id.</summary>
    public Event Create(EventType type, string userId, string videoId, Timestamp occurredAt)
    {
        var e = new Event { Type = type, UserId = Id(userId), VideoId = Id(videoId), OccurredAt = occurredAt };
        e.EventId = IdOf(e);
        return e;
    }

    /// <summary>The id that follows from the event's type, viewer, video and time.</summary>
    public string IdOf(Event e)
    {
        var time = e.OccurredAt is { } at ? string.Create(CultureInfo.InvariantCulture, $"{at.Seconds}.{at.Nanos}") : "";
        var key = string.Join('\n', format, EventTypeNames.NameOf(e.Type), e.UserId, e.VideoId, time);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        return Convert.ToHexStringLower(hash[..16]);
    }
}
