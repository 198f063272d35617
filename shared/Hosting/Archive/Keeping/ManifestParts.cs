using Recommender.Hosting.Online;

namespace Recommender.Hosting.Archive.Keeping;

/// <summary>
/// Which offsets the rows of a compacted file are of: for each batch that it was made of its last offset and its number of rows, in order. Models name
/// their data by offsets, and this is how they find it again. Kept small, since there may be thousands: base64 of pairs of numbers of variable
/// length, the offset as the distance to the one before.
/// </summary>
public static class ManifestParts
{
    /// <summary>The text in the manifest.</summary>
    public static string Encode(IReadOnlyList<(long To, long Rows)> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var writer = new ByteWriter();
        var before = 0L;
        foreach (var (to, rows) in parts)
        {
            writer.VarInt(to - before);
            writer.VarInt(rows);
            before = to;
        }
        return Convert.ToBase64String(writer.ToArray());
    }

    /// <summary>Reads it back.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static IReadOnlyList<(long To, long Rows)> Decode(string text)
    {
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length)) throw new InvalidDataException("a manifest's parts are not base64");
        var reader = new ByteReader(bytes.AsSpan(0, length));
        var parts = new List<(long, long)>();
        var before = 0L;
        while (!reader.IsAtEnd)
        {
            before += reader.VarInt();
            parts.Add((before, reader.VarInt()));
        }
        return parts;
    }
}
