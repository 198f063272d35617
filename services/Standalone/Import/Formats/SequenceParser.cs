using Google.Protobuf.WellKnownTypes;
using Recommender.V1;

namespace Recommender.Standalone.Import.Formats;

/// <summary>
/// A viewer and what they watched, oldest first, without times. The times are made up, the same ones at each import: a viewer's last item
/// lies within <see cref="Spacing"/> before <see cref="End"/> (where in it depends on the viewer's id alone), each earlier one <see cref="Spacing"/> before the next.
/// A split by time thus takes the end of everybody's history.
/// </summary>
internal sealed class SequenceParser(EventFactory events) : ILineParser
{
    /// <summary>Between two items of a viewer.</summary>
    public static readonly TimeSpan Spacing = TimeSpan.FromMinutes(10);

    /// <summary>All events are before this time.</summary>
    public static readonly DateTimeOffset End = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly char[] s_blanks = [' ', '\t'];

    /// <inheritdoc/>
    public void Parse(ReadOnlySpan<byte> line, IImportSink sink)
    {
        var fields = TextLine.Decode(line).Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 2) throw new FormatException("there are no items after the user");
        var last = End - TimeSpan.FromSeconds(1 + Spread(fields[0]));
        for (var i = 1; i < fields.Length; i++)
        {
            var at = last - (fields.Length - 1 - i) * Spacing;
            sink.Add(events.Create(EventType.View, fields[0], fields[i], Timestamp.FromDateTimeOffset(at)));
        }
    }

    /// <summary>FNV-1a of the viewer's id, spread over the seconds of one spacing.</summary>
    private static int Spread(string user)
    {
        var hash = 2166136261u;
        foreach (var c in user) hash = (hash ^ c) * 16777619u;
        return (int)(hash % (uint)Spacing.TotalSeconds);
    }
}
