using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Recommender.Standalone.Import.Formats;
using Recommender.V1;

namespace Recommender.Standalone.Assess;

/// <summary>A viewer and its items per line, in no order.</summary>
internal sealed class ItemListsParser(EventFactory events) : ILineParser
{
    /// <inheritdoc/>
    public void Parse(ReadOnlySpan<byte> line, IImportSink sink)
    {
        var fields = Timeless.Split(TextLine.Decode(line));
        for (var i = 1; i < fields.Length; i++) sink.Add(events.Create(EventType.View, fields[0], fields[i], Timeless.Moment));
    }
}

/// <summary>One interaction per line.</summary>
internal sealed class PairsParser(EventFactory events) : ILineParser
{
    private static readonly string[] s_header = ["user", "user_id", "userid", "uid", "viewer", "viewer_id"];
    private bool _isBegun;

    /// <inheritdoc/>
    public void Parse(ReadOnlySpan<byte> line, IImportSink sink)
    {
        var text = TextLine.Decode(line);
        // Between tabs an id may hold blanks.
        var fields = text.Contains('\t', StringComparison.Ordinal) ? text.Split('\t', StringSplitOptions.TrimEntries) : Timeless.Split(text);
        if (fields.Length < 2 || fields[0].Length == 0 || fields[1].Length == 0) throw new FormatException("it has no user and item");
        var isHeader = !_isBegun && s_header.Contains(fields[0].Split(':')[0], StringComparer.OrdinalIgnoreCase);
        _isBegun = true;
        if (!isHeader) sink.Add(events.Create(EventType.View, fields[0], fields[1], Timeless.Moment));
    }
}

/// <summary>Interactions with a sign.</summary>
internal sealed class SignedParser(EventFactory events) : ILineParser
{
    /// <inheritdoc/>
    public void Parse(ReadOnlySpan<byte> line, IImportSink sink)
    {
        var fields = Timeless.Split(TextLine.Decode(line));
        if (fields.Length < 3) throw new FormatException("it has no user, item and sign");
        if (!double.TryParse(fields[2], NumberStyles.Float, CultureInfo.InvariantCulture, out var sign) || double.IsNaN(sign))
            throw new FormatException($"the sign '{fields[2]}' is no number");
        sink.Add(events.Create(sign > 0 ? EventType.Like : EventType.NotInterested, fields[0], fields[1], Timeless.Moment));
    }
}

/// <summary>What formats without times share.</summary>
internal static class Timeless
{
    private static readonly char[] s_blanks = [' ', '\t'];

    /// <summary>The time of every event: none is before another.</summary>
    public static Timestamp Moment { get; } = Timestamp.FromDateTimeOffset(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>Fields between blanks.</summary>
    public static string[] Split(string line) => line.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
}
