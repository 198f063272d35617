using System.Text;
using System.Text.Json;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Modeling.Weights;
using Recommender.V1;

namespace Recommender.Training.Dataset;

/// <summary>
/// Reads the fields that training needs from one archived event, without making an object of it. One instance holds the newest row; not
/// safe for concurrent use.
/// </summary>
internal sealed class EventRowReader
{
    private static readonly (byte[] Name, EventType Type)[] s_types =
        [.. EventTypeNames.All.Select(n => (Encoding.UTF8.GetBytes(n), EventTypeNames.TryParse(n, out var type) ? type : default))];

    private char[] _user = new char[256];
    private char[] _video = new char[256];
    private int _userLength;
    private int _videoLength;
    private long _receivedAtMs;

    /// <summary>The viewer.</summary>
    public ReadOnlySpan<char> UserId => _user.AsSpan(0, _userLength);

    /// <summary>The video.</summary>
    public ReadOnlySpan<char> VideoId => _video.AsSpan(0, _videoLength);

    /// <summary>What happened.</summary>
    public Signal Signal { get; private set; }

    /// <summary>What was decided about an author, when the row says that instead of what happened with a video; unspecified: it does not.</summary>
    public EventType Decision { get; private set; }

    /// <summary>When, Unix milliseconds.</summary>
    public long OccurredAtMs { get; private set; }

    /// <summary>When the door took it, Unix milliseconds; as <see cref="OccurredAtMs"/> when the row does not say.</summary>
    public long ReceivedAtMs => _receivedAtMs == long.MinValue ? OccurredAtMs : _receivedAtMs;

    /// <summary>Seconds watched, 0 when the event says nothing of it.</summary>
    public float WatchSeconds { get; private set; }

    /// <summary>A hash of the event id; 0 when the event has none.</summary>
    public ulong EventIdHash { get; private set; }

    /// <summary>Reads a row; false when it says nothing of a viewer and a video. Unknown fields are ignored.</summary>
    public bool TryRead(ReadOnlySpan<byte> row)
    {
        (_userLength, _videoLength, Signal, Decision, WatchSeconds, EventIdHash) = (0, 0, default, default, 0, 0);
        (OccurredAtMs, _receivedAtMs) = (long.MinValue, long.MinValue);
        try
        {
            var reader = new Utf8JsonReader(row);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) ReadField(ref reader);
            var isEvent = _userLength > 0 && OccurredAtMs != long.MinValue;
            if (!isEvent) Decision = default;
            return isEvent && _videoLength > 0 && Signal != default;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            Decision = default;
            return false;
        }
    }

    private void ReadField(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("user_id"u8)) _userLength = ReadText(ref reader, ref _user);
        else if (reader.ValueTextEquals("video_id"u8)) _videoLength = ReadText(ref reader, ref _video);
        else if (reader.ValueTextEquals("type"u8)) (Signal, Decision) = ReadType(ref reader);
        else if (reader.ValueTextEquals("event_id"u8)) EventIdHash = ReadHash(ref reader);
        else if (reader.ValueTextEquals("occurred_at"u8)) OccurredAtMs = ReadTime(ref reader);
        else if (reader.ValueTextEquals("received_at"u8)) _receivedAtMs = ReadTime(ref reader);
        else if (reader.ValueTextEquals("watch_time_ms"u8)) WatchSeconds = ReadSeconds(ref reader);
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    private static int ReadText(ref Utf8JsonReader reader, ref char[] buffer)
    {
        reader.Read();
        if (reader.ValueSpan.Length > buffer.Length) buffer = new char[reader.ValueSpan.Length * 2];
        return reader.CopyString(buffer);
    }

    private static (Signal Signal, EventType Decision) ReadType(ref Utf8JsonReader reader)
    {
        reader.Read();
        foreach (var (name, type) in s_types)
            if (reader.ValueTextEquals(name)) return EventTypes.IsOfAuthor(type) ? (default, type) : ((Signal)type, default);
        return default;
    }

    private static ulong ReadHash(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String) return 0;
        var bytes = reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
        return bytes.IsEmpty ? 0 : Math.Max(Utf8Hash.Of(bytes), 1);
    }

    private static long ReadTime(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return long.MinValue;
        if (reader.TryGetDateTimeOffset(out var time)) return time.ToUnixTimeMilliseconds();
        return JsonTime.TryParse(reader.GetString(), out var other) ? other.ToDateTimeOffset().ToUnixTimeMilliseconds() : long.MinValue;
    }

    private static float ReadSeconds(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number ? Math.Max(0f, (float)(reader.GetDouble() / 1000)) : 0f;
    }
}
