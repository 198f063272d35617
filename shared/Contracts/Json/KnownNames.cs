using System.Text;
using System.Text.Json;

namespace Recommender.Contracts.Json;

/// <summary>Names that occur in nearly every record, so that reading one needs no new string.</summary>
internal static class KnownNames
{
    private static readonly (byte[] Utf8, string Name)[][] s_byLength = Sort(
    [
        EventFields.EventId, EventFields.Type, EventFields.UserId, EventFields.VideoId, EventFields.AuthorId, EventFields.OccurredAt, EventFields.ReceivedAt,
        EventFields.WatchTimeMs, EventFields.SessionId, EventFields.RequestId, EventFields.Position, EventFields.Surface, EventFields.Context,
        .. EventTypeNames.All,
    ]);

    /// <summary>The known name that the reader stands at; null when it is another text or is written with escapes.</summary>
    public static string? Find(in Utf8JsonReader reader)
    {
        var text = reader.ValueSpan;
        if (reader.HasValueSequence || reader.ValueIsEscaped || text.Length >= s_byLength.Length) return null;
        foreach (var (utf8, name) in s_byLength[text.Length])
            if (text.SequenceEqual(utf8)) return name;
        return null;
    }

    private static (byte[] Utf8, string Name)[][] Sort(string[] names)
    {
        var encoded = Array.ConvertAll(names, n => (Utf8: Encoding.UTF8.GetBytes(n), Name: n));
        return [.. Enumerable.Range(0, encoded.Max(n => n.Utf8.Length) + 1).Select(length => encoded.Where(n => n.Utf8.Length == length).ToArray())];
    }
}
