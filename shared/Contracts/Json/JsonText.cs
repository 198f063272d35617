using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;

namespace Recommender.Contracts.Json;

/// <summary>Small pieces that every JSON form shares.</summary>
internal static class JsonText
{
    /// <summary>Leaves non-ASCII text readable: the values are UTF-8 files and topics, never HTML.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Whole milliseconds of a protobuf duration, rounded towards zero.</summary>
    public static long Milliseconds(Duration duration) => duration.Seconds * 1000 + duration.Nanos / 1_000_000;

    /// <summary>Writes a string map as an object.</summary>
    public static void WriteMap(Utf8JsonWriter writer, string name, IEnumerable<KeyValuePair<string, string>> map)
    {
        writer.WriteStartObject(name);
        foreach (var (key, value) in map) writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    /// <summary>Keeps a quoted piece of bad input short enough for a message.</summary>
    public static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
