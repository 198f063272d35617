using System.Runtime.InteropServices;
using Recommender.V1;

namespace Recommender.Hosting.Online;

/// <summary>
/// The stored form of a <see cref="ViewerState"/>. Layout 2: 8 bytes version of the value (what compare-and-set compares), 1 byte layout,
/// watermarks, counters, last seen, forgotten; the interactions newest first, in columns (<see cref="InteractionColumns"/>); hashes of older seen
/// and of hidden videos, 8 bytes each; keys of older events, 5 bytes each; what is left of layout 1's hashes of event ids, 8 bytes each. Lists
/// begin with their length. Layout 3 adds whom the viewer muted: id, time before last seen, and whether it holds; layout 4 adds after
/// that, in the same way, whom the viewer follows. Who decided nothing has layout 2, who only muted layout 3: earlier versions read them as well.
/// Layout 1, which is read only, has interactions one by one and the hashes of all event ids.
/// </summary>
internal static class ViewerCodec
{
    private const byte FirstLayout = 1;
    private const byte Layout = 2;
    private const byte LayoutWithMutes = 3;
    private const byte LayoutWithFollows = 4;

    // Layouts to come have numbers up to this one. Greater ones are damage: text, for instance, has no smaller bytes than a space's.
    private const byte LastLayout = 15;

    /// <summary>Whether a later version wrote the value, which must not be taken for damaged.</summary>
    public static bool IsOfLaterLayout(ReadOnlySpan<byte> bytes) =>
        bytes.Length > ViewerState.VersionBytes && bytes[ViewerState.VersionBytes] is > LayoutWithFollows and <= LastLayout;

    /// <summary>Writes a state.</summary>
    public static void Write(ByteWriter writer, ViewerState state)
    {
        writer.UInt64(state.Version);
        var layout = state.Followed.Decisions.Length > 0 ? LayoutWithFollows : state.Muted.Decisions.Length > 0 ? LayoutWithMutes : Layout;
        writer.Byte(layout);
        state.Watermarks.Write(writer);
        foreach (var counter in (ReadOnlySpan<long>)[state.Views, state.Likes, state.Unlikes, state.Shares, state.Skips, state.LastSeenAtMs, state.ForgottenAtMs])
            writer.VarInt(counter);
        writer.VarInt(state.Recent.Count);
        if (state.Recent.Count > 0) InteractionColumns.Write(writer, state.Recent, state.LastSeenAtMs);
        foreach (var hashes in (ReadOnlySpan<List<ulong>>)[state.OlderSeen, state.Hidden])
        {
            writer.VarInt(hashes.Count);
            writer.UInt64s(CollectionsMarshal.AsSpan(hashes));
        }
        writer.VarInt(state.OlderEvents.Count);
        writer.UInt40s(CollectionsMarshal.AsSpan(state.OlderEvents));
        writer.VarInt(state.EventIds.Count);
        writer.UInt64s(CollectionsMarshal.AsSpan(state.EventIds));
        if (layout >= LayoutWithMutes) state.Muted.Write(writer, state.LastSeenAtMs);
        if (layout >= LayoutWithFollows) state.Followed.Write(writer, state.LastSeenAtMs);
    }

    /// <summary>Reads a state of any of the layouts into an empty one.</summary>
    /// <exception cref="InvalidDataException">The value is damaged or of another layout.</exception>
    public static void Read(ref ByteReader reader, ViewerState state, IKnownTexts? known)
    {
        state.Version = reader.UInt64();
        var layout = reader.Byte();
        if (layout is < FirstLayout or > LayoutWithFollows) throw new InvalidDataException($"a viewer's state has layout {layout}; this version reads {FirstLayout} to {LayoutWithFollows}");
        state.Watermarks = LogWatermarks.Read(ref reader);
        (state.Views, state.Likes, state.Unlikes) = (reader.VarInt(), reader.VarInt(), reader.VarInt());
        (state.Shares, state.Skips, state.LastSeenAtMs) = (reader.VarInt(), reader.VarInt(), reader.VarInt());
        state.ForgottenAtMs = reader.VarInt();
        var count = reader.Count();
        if (layout == FirstLayout) ReadRows(ref reader, state, count, known);
        else if (count > 0) InteractionColumns.Read(ref reader, state.Recent, count, state.LastSeenAtMs, known);
        reader.UInt64s(state.OlderSeen, reader.Count());
        reader.UInt64s(state.Hidden, reader.Count());
        if (layout >= Layout) reader.UInt40s(state.OlderEvents, reader.Count());
        reader.UInt64s(state.EventIds, reader.Count());
        if (layout >= LayoutWithMutes) state.Muted.Read(ref reader, state.LastSeenAtMs);
        if (layout >= LayoutWithFollows) state.Followed.Read(ref reader, state.LastSeenAtMs);
    }

    private static void ReadRows(ref ByteReader reader, ViewerState state, int count, IKnownTexts? known)
    {
        var previous = state.LastSeenAtMs;
        for (var i = 0; i < count; i++)
        {
            var videoId = reader.Text(known, out var number);
            var type = (EventType)reader.Byte();
            previous -= reader.VarInt();
            state.Recent.Add(new RecentInteraction(videoId, type, previous, reader.Single()) { Number = number });
        }
    }
}
