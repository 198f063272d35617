using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts;
using Recommender.Hosting.Errors;
using Recommender.V1;

namespace Recommender.Ingestion.Events;

/// <summary>Judges one event, field by field. An event that passes is one that every later part can rely on.</summary>
internal sealed class EventRules(IngestionOptions options, TimeProvider time)
{
    /// <summary>Events of one TrackEvents call.</summary>
    public const int MaxBatch = 1000;

    private const string Path = "event"; // of the event in the request
    private const int MaxPosition = 10_000;
    private const int MaxSurfaceBytes = 64;
    private const int MaxContextEntries = 16;
    private const int MaxContextKeyBytes = 64;
    private const int MaxContextValueBytes = 256;

    /// <summary>Everything that is wrong with the event; empty when it is good.</summary>
    /// <param name="e">The event; null when the request carries none.</param>
    public IReadOnlyList<FieldViolation> Check(Event? e)
    {
        if (e is null) return [new FieldViolation(Path, "is missing")];
        List<FieldViolation>? found = null;
        Note(FieldRules.OptionalId(Path + ".event_id", e.EventId));
        Note(CheckType(Path + ".type", e.Type));
        Note(FieldRules.RequiredId(Path + ".user_id", e.UserId));
        Note(EventTypes.IsOfAuthor(e.Type) ? FieldRules.OptionalId(Path + ".video_id", e.VideoId) : FieldRules.RequiredId(Path + ".video_id", e.VideoId));
        Note(CheckAuthor(Path + ".author_id", e));
        Note(CheckOccurredAt(Path + ".occurred_at", e.OccurredAt));
        Note(CheckWatchTime(Path + ".watch_time", e));
        Note(FieldRules.OptionalId(Path + ".session_id", e.SessionId));
        Note(FieldRules.OptionalId(Path + ".request_id", e.RequestId));
        if (e.Position is < 0 or > MaxPosition) Note(new FieldViolation(Path + ".position", $"is {e.Position}; 0 to {MaxPosition} is allowed"));
        Note(FieldRules.Text(Path + ".surface", e.Surface, MaxSurfaceBytes));
        Note(CheckContext(Path + ".context", e));
        return found ?? (IReadOnlyList<FieldViolation>)[];

        void Note(FieldViolation? violation)
        {
            if (violation is { } v) (found ??= []).Add(v);
        }
    }

    private static FieldViolation? CheckType(string field, EventType type) => type switch
    {
        EventType.Unspecified => new FieldViolation(field, "is not specified"),
        _ when EventTypes.IsKnown(type) => null,
        _ => new FieldViolation(field, string.Create(CultureInfo.InvariantCulture, $"is {(int)type}, which is no known event type")),
    };

    private static FieldViolation? CheckAuthor(string field, Event e)
    {
        if (EventTypes.IsOfAuthor(e.Type)) return FieldRules.RequiredId(field, e.AuthorId);
        return e.AuthorId.Length == 0 ? null : new FieldViolation(field, "is allowed for events about an author only (mute, follow, and what takes that back)");
    }

    private FieldViolation? CheckOccurredAt(string field, Timestamp? at)
    {
        if (at is null) return null;
        if (at.Nanos is < 0 or > 999_999_999) return new FieldViolation(field, "has nanos outside 0 to 999,999,999");
        if (at.Seconds < 0) return new FieldViolation(field, "is before 1970");
        if (options.MaxAge > TimeSpan.Zero && at.Seconds < (time.GetUtcNow() - options.MaxAge).ToUnixTimeSeconds())
            return new FieldViolation(field, string.Create(CultureInfo.InvariantCulture, $"is too long ago; at most {options.MaxAge.TotalSeconds:0} seconds are allowed"));
        var latest = time.GetUtcNow() + options.MaxClockSkew;
        if (at.Seconds > latest.ToUnixTimeSeconds())
            return new FieldViolation(field, string.Create(CultureInfo.InvariantCulture, $"is in the future; at most {options.MaxClockSkew.TotalSeconds:0} seconds ahead are allowed"));
        return null;
    }

    private FieldViolation? CheckWatchTime(string field, Event e)
    {
        if (e.WatchTime is not { } watched) return null;
        if (e.Type != EventType.View) return new FieldViolation(field, "is allowed for views only");
        if (watched.Seconds < 0 || watched.Nanos < 0) return new FieldViolation(field, "is negative");
        if (watched.Nanos > 999_999_999) return new FieldViolation(field, "has nanos outside 0 to 999,999,999");
        if (watched.Seconds > options.MaxWatchTime.TotalSeconds)
            return new FieldViolation(field, string.Create(CultureInfo.InvariantCulture, $"is {watched.Seconds} seconds; at most {options.MaxWatchTime.TotalSeconds:0} are allowed"));
        return null;
    }

    private static FieldViolation? CheckContext(string field, Event e)
    {
        if (e.Context.Count > MaxContextEntries) return new FieldViolation(field, $"has {e.Context.Count} entries; at most {MaxContextEntries} are allowed");
        foreach (var (key, value) in e.Context)
        {
            if (key.Length == 0) return new FieldViolation(field, "has an empty key");
            if (FieldRules.Text(field, key, MaxContextKeyBytes) is { } longKey) return longKey with { Description = "has a key that " + longKey.Description };
            if (FieldRules.Text($"{field}[{key}]", value, MaxContextValueBytes) is { } longValue) return longValue;
        }
        return null;
    }
}
