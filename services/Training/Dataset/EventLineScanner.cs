using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Recommender.Modeling.Weights;

namespace Recommender.Training.Dataset;

/// <summary>
/// Reads rows that look as the door writes them: an object without white space, nesting or escapes, and a line end. What looks otherwise is left to
/// <see cref="EventRowReader"/>, with which this agrees on everything it takes. Not safe for concurrent use.
/// </summary>
internal sealed class EventLineScanner
{
    private readonly UtcTimes _occurrences = new();
    private readonly UtcTimes _receptions = new();

    /// <summary>Reads the row at the start of some and adds it.</summary>
    /// <param name="rows">Rows, each with its line end.</param>
    /// <param name="columns">Receives the event.</param>
    /// <returns>The row's bytes, its line end included; 0 when it is none of these rows, and then nothing was added.</returns>
    public int TryAdd(ReadOnlySpan<byte> rows, EventColumns columns)
    {
        if (rows.Length < Vector256<byte>.Count || rows[0] != '{') return 0;
        ReadOnlySpan<byte> user = default, video = default;
        var signal = default(Signal);
        var (occurred, received) = (long.MinValue, long.MinValue);
        var (watch, eventId) = (0f, 0UL);
        var (userHash, videoHash) = (0UL, 0UL);
        for (var at = 1; ; at++)
        {
            if (rows.Length - at < 2) return 0;
            switch (rows[at + 1])
            {
                case (byte)'e':
                    if (!TryText(rows, ref at, "\"event_id\":\""u8, out var id)) return 0;
                    eventId = id.IsEmpty ? 0 : Math.Max(Utf8Hash.Of(id), 1);
                    break;
                case (byte)'t':
                    if (!TryText(rows, ref at, "\"type\":\""u8, out var type) || (signal = SignalOf(type)) == default) return 0;
                    break;
                case (byte)'u':
                    if (!TryText(rows, ref at, "\"user_id\":\""u8, out user)) return 0;
                    userHash = columns.AskForViewer(user);
                    break;
                case (byte)'v':
                    if (!TryText(rows, ref at, "\"video_id\":\""u8, out video)) return 0;
                    videoHash = columns.AskForVideo(video);
                    break;
                case (byte)'o':
                    if (!TryText(rows, ref at, "\"occurred_at\":\""u8, out var time) || !_occurrences.TryParse(time, out occurred)) return 0;
                    break;
                case (byte)'r':
                    if (TryText(rows, ref at, "\"received_at\":\""u8, out time))
                    {
                        if (!_receptions.TryParse(time, out received)) return 0;
                    }
                    else if (!TryText(rows, ref at, "\"request_id\":\""u8, out _)) return 0;
                    break;
                case (byte)'w':
                    if (!TryNumber(rows, ref at, "\"watch_time_ms\":"u8, out var milliseconds)) return 0;
                    watch = (float)(milliseconds / 1000.0);
                    break;
                case (byte)'s':
                    if (!TryText(rows, ref at, "\"session_id\":\""u8, out _) && !TryText(rows, ref at, "\"surface\":\""u8, out _)) return 0;
                    break;
                case (byte)'p':
                    if (!TryNumber(rows, ref at, "\"position\":"u8, out _)) return 0;
                    break;
                default:
                    return 0;
            }

            if (rows.Length - at < 2) return 0;
            if (rows[at] == ',') continue;
            if (rows[at] != '}' || rows[at + 1] != '\n' || user.IsEmpty || video.IsEmpty || signal == default || occurred == long.MinValue) return 0;
            var earliest = received == long.MinValue ? occurred : received;
            return columns.TryAdd(user, userHash, video, videoHash, (byte)signal, occurred, earliest, watch, eventId) ? at + 2 : 0;
        }
    }

    // A text up to its closing quote; nothing is taken when the name is another. Inlined, so that the name is compared as a constant.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryText(ReadOnlySpan<byte> rows, scoped ref int at, scoped ReadOnlySpan<byte> start, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!rows[at..].StartsWith(start)) return false;
        var from = at + start.Length;
        var end = EndOf(rows, from);
        if (end < 0 || rows[end] != '"') return false;
        text = rows[from..end];
        at = end + 1;
        return true;
    }

    // The first quote, backslash or control character. Nothing is read beyond the rows: near their end, the last vector is looked through.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int EndOf(ReadOnlySpan<byte> rows, int from)
    {
        var last = rows.Length - Vector256<byte>.Count;
        for (var at = from; at < rows.Length; at += Vector256<byte>.Count)
        {
            var start = Math.Min(at, last);
            var bytes = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(rows), (nuint)start);
            var found = (Vector256.Equals(bytes, Vector256.Create((byte)'"')) | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
                | Vector256.LessThan(bytes, Vector256.Create((byte)32))).ExtractMostSignificantBits() >> (at - start);
            if (found != 0) return at + BitOperations.TrailingZeroCount(found);
        }

        return -1;
    }

    // A whole number of up to fifteen digits, which float64 holds exactly.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryNumber(ReadOnlySpan<byte> rows, scoped ref int at, scoped ReadOnlySpan<byte> start, out long number)
    {
        number = 0;
        if (!rows[at..].StartsWith(start)) return false;
        var value = rows[(at + start.Length)..];
        var digits = 0;
        for (; digits < value.Length && value[digits] is >= (byte)'0' and <= (byte)'9'; digits++)
        {
            if (digits == 15) return false;
            number = (number * 10) + (value[digits] - '0');
        }

        if (digits == 0 || (digits > 1 && value[0] == '0')) return false;
        at += start.Length + digits;
        return true;
    }

    private static Signal SignalOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 when name.SequenceEqual("view"u8) => Signal.View,
        4 when name.SequenceEqual("like"u8) => Signal.Like,
        4 when name.SequenceEqual("skip"u8) => Signal.Skip,
        5 when name.SequenceEqual("share"u8) => Signal.Share,
        6 when name.SequenceEqual("unlike"u8) => Signal.Unlike,
        6 when name.SequenceEqual("follow"u8) => Signal.Follow,
        14 when name.SequenceEqual("not_interested"u8) => Signal.NotInterested,
        _ => default,
    };
}
