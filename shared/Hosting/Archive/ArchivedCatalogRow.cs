using System.Globalization;
using System.Text;

namespace Recommender.Hosting.Archive;

/// <summary>
/// A catalog row of the archive: the JSON of its record, and behind the last field the record's time, <c>"recorded_at":"2026-11-22T08:30:00.123Z"</c>.
/// Archives from before there was a time have rows without.
/// </summary>
public static class ArchivedCatalogRow
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const int TimeLength = 24;

    private static ReadOnlySpan<byte> Field => ",\"recorded_at\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}"u8;

    /// <summary>Makes a row.</summary>
    /// <param name="json">One JSON object with at least one field, on one line, UTF-8.</param>
    /// <param name="recordedAt">The record's time; milliseconds are kept.</param>
    public static byte[] Make(ReadOnlySpan<byte> json, DateTimeOffset recordedAt)
    {
        var open = json.TrimEnd(" \t"u8)[..^1];
        var time = recordedAt.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);
        return [.. open, .. Field, .. Encoding.ASCII.GetBytes(time), .. End];
    }

    /// <summary>The JSON of the record.</summary>
    public static byte[] JsonOf(ReadOnlySpan<byte> row) => TimeOf(row) is null ? row.ToArray() : [.. row[..StartOfTime(row)], (byte)'}'];

    /// <summary>The record's time; null when the row has none.</summary>
    public static DateTimeOffset? TimeOf(ReadOnlySpan<byte> row)
    {
        var start = StartOfTime(row);
        if (start <= 0 || !row.EndsWith(End) || !row[start..].StartsWith(Field)) return null;
        var text = Encoding.ASCII.GetString(row.Slice(start + Field.Length, TimeLength));
        return DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }

    /// <summary>When the row counts from: its time, or the beginning of its file's day.</summary>
    public static CatalogRowAge AgeOf(ReadOnlySpan<byte> row, ArchiveFile file) =>
        new(file.Log, TimeOf(row) ?? new DateTimeOffset(file.Day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));

    private static int StartOfTime(ReadOnlySpan<byte> row) => row.Length - End.Length - TimeLength - Field.Length;
}

/// <summary>What decides which row of a video is the newest.</summary>
/// <param name="Log">Short name of its log.</param>
/// <param name="RecordedAt">The time of its record.</param>
public readonly record struct CatalogRowAge(string Log, DateTimeOffset RecordedAt)
{
    /// <summary>
    /// Whether a row that comes later in <see cref="ArchiveCatalog.FilesByLog"/> takes the place of this one: in the same log the later offset is
    /// the newer row, whatever the clock said; between logs the time decides.
    /// </summary>
    public bool GivesWayTo(in CatalogRowAge later) => later.Log == Log || later.RecordedAt >= RecordedAt;
}
