using System.Text.Json;

namespace Recommender.Features.Archiving;

/// <summary>The archive keeps one JSON object a line.</summary>
internal static class JsonRow
{
    /// <summary>The value as it is when it has no line ends, otherwise the same JSON without white space.</summary>
    /// <param name="json">One valid JSON object, UTF-8.</param>
    public static byte[] Of(byte[] json)
    {
        if (json.AsSpan().IndexOfAny((byte)'\n', (byte)'\r') < 0) return json;
        using var document = JsonDocument.Parse(json);
        using var buffer = new MemoryStream(json.Length);
        using (var writer = new Utf8JsonWriter(buffer)) document.WriteTo(writer);
        return buffer.ToArray();
    }
}
