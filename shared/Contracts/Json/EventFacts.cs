using Recommender.V1;

namespace Recommender.Contracts.Json;

/// <summary>
/// What features are made of, read from the JSON form of an event (<see cref="EventJson"/>) without an object for anything: texts stay bytes. What it
/// leaves out is judged nevertheless, so that it takes and refuses what <see cref="EventJson.Parse(ReadOnlySpan{byte})"/> does, with the same words.
/// </summary>
public ref struct EventFacts
{
    /// <summary>The id, UTF-8; empty when there is none.</summary>
    public ReadOnlySpan<byte> EventId { get; private set; }

    /// <summary>What happened.</summary>
    public EventType Type { get; private set; }

    /// <summary>The viewer, UTF-8, never empty.</summary>
    public ReadOnlySpan<byte> UserId { get; private set; }

    /// <summary>The video, UTF-8; empty only where the event is about an author (<see cref="EventTypes.IsOfAuthor"/>).</summary>
    public ReadOnlySpan<byte> VideoId { get; private set; }

    /// <summary>The author, UTF-8; never empty where the event is about one.</summary>
    public ReadOnlySpan<byte> AuthorId { get; private set; }

    /// <summary>When it happened, UTC; null when the event does not say.</summary>
    public DateTimeOffset? OccurredAt { get; private set; }

    /// <summary>When the door took it, UTC; null when the event does not say.</summary>
    public DateTimeOffset? ReceivedAt { get; private set; }

    /// <summary>For how long the video was watched; null when the event does not say.</summary>
    public TimeSpan? WatchTime { get; private set; }

    /// <summary>Reads one JSON object.</summary>
    /// <param name="utf8">The object; texts of the result are parts of it where they are written without escapes.</param>
    /// <exception cref="FormatException">It is no event; the message names the field.</exception>
    public static EventFacts Parse(ReadOnlySpan<byte> utf8)
    {
        var facts = new EventFacts();
        var reader = new JsonFieldReader(utf8);
        while (reader.NextField(out var name))
        {
            switch (name)
            {
                case EventFields.EventId: facts.EventId = reader.Utf8Text(); break;
                case EventFields.Type: facts.Type = EventJson.ParseType(reader.Name()); break;
                case EventFields.UserId: facts.UserId = reader.Utf8Text(); break;
                case EventFields.VideoId: facts.VideoId = reader.Utf8Text(); break;
                case EventFields.AuthorId: facts.AuthorId = reader.Utf8Text(); break;
                case EventFields.OccurredAt: facts.OccurredAt = reader.UtcTime(); break;
                case EventFields.ReceivedAt: facts.ReceivedAt = reader.UtcTime(); break;
                case EventFields.WatchTimeMs: facts.WatchTime = reader.Milliseconds(); break;
                case EventFields.SessionId or EventFields.RequestId or EventFields.Surface: reader.Utf8Text(); break;
                case EventFields.Position: reader.Int32(); break;
                case EventFields.Context: reader.SkipMap(); break;
                default: reader.Skip(); break;
            }
        }
        if (facts.Type == EventType.Unspecified) throw new FormatException("type is missing");
        if (facts.UserId.IsEmpty) throw new FormatException("user_id is missing");
        if (facts.VideoId.IsEmpty && !EventTypes.IsOfAuthor(facts.Type)) throw new FormatException("video_id is missing");
        if (facts.AuthorId.IsEmpty && EventTypes.IsOfAuthor(facts.Type)) throw new FormatException("author_id is missing");
        return facts;
    }
}
