using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Recommender.Contracts.Json;
using Recommender.V1;

namespace Recommender.Hosting.Online;

/// <summary>
/// A video as Redis keeps it: the JSON of the catalog topic behind one line that says which record of the topic it is, so that of two
/// writers the one with the newer record wins. A deleted video leaves the line alone, so that an older record does not bring it back.
/// </summary>
/// <remarks>Layout: hash of the log as 16 hexadecimal digits, a space, the offset as digits, a line feed, then the JSON or nothing.</remarks>
/// <param name="Log">Hash of the identity of the catalog topic's log (<see cref="StableHash"/>).</param>
/// <param name="Offset">Offset of the record within the partition of the video.</param>
/// <param name="Json">The record's value (<see cref="VideoJson"/>); empty when the video is deleted.</param>
public readonly record struct CatalogEntry(ulong Log, long Offset, ReadOnlyMemory<byte> Json)
{
    private const int LogDigits = 16;

    /// <summary>Whether the video was deleted.</summary>
    public bool IsDeleted => Json.IsEmpty;

    /// <summary>The video; null when it is deleted.</summary>
    /// <exception cref="FormatException">The JSON is not a video.</exception>
    public Video? ToVideo() => IsDeleted ? null : VideoJson.Parse(Json.Span);

    /// <summary>The stored form.</summary>
    public byte[] Encode()
    {
        var line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Log:x16} {Offset}\n"));
        return [.. line, .. Json.Span];
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="InvalidDataException">The value is damaged.</exception>
    public static CatalogEntry Decode(ReadOnlyMemory<byte> bytes) =>
        TryDecode(bytes, out var entry) ? entry : throw new InvalidDataException("a catalog entry does not begin with its position");

    /// <summary>Reads the stored form; false when the value is damaged.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, out CatalogEntry entry)
    {
        entry = default;
        var span = bytes.Span;
        var end = span.IndexOf((byte)'\n');
        if (end <= LogDigits + 1 || span[LogDigits] != ' ') return false;
        if (!Utf8Parser.TryParse(span[..LogDigits], out ulong log, out var logBytes, 'x') || logBytes != LogDigits) return false;
        var number = span[(LogDigits + 1)..end];
        if (!Utf8Parser.TryParse(number, out long offset, out var offsetBytes) || offsetBytes != number.Length) return false;
        entry = new CatalogEntry(log, offset, bytes[(end + 1)..]);
        return true;
    }
}
