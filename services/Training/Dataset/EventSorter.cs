using System.Numerics;

namespace Recommender.Training.Dataset;

/// <summary>Puts the events of one block after another in order. Holds its workspace; one thread at a time.</summary>
/// <param name="videoRank">The final number of each video.</param>
/// <param name="earliest">No event is earlier; Unix milliseconds.</param>
/// <param name="latest">No event is later.</param>
internal sealed class EventSorter(int[] videoRank, long earliest, long latest)
{
    private PendingEvent[] _events = [];
    private int[] _order = [];
    private long[] _times = [];
    private ulong[] _ids = [];
    private int _mask;

    /// <summary>Orders and packs a block's events, which are gone from <paramref name="pending"/> then.</summary>
    /// <param name="pending">The events.</param>
    /// <param name="viewers">The final numbers of the block's viewers.</param>
    public EventBlock Sort(ReadOnlySpan<PendingEvents> pending, ReadOnlySpan<int> viewers)
    {
        var count = 0;
        foreach (var some in pending) count += some.Count;
        if (_events.Length < count) (_events, _order) = (new PendingEvent[count + (count / 4)], new int[count + (count / 4)]);
        var moved = 0;
        foreach (var some in pending) moved += some.MoveTo(_events.AsSpan(moved));
        var starts = Group(count, viewers.Length);
        var kept = new int[viewers.Length + 1];
        for (var v = 0; v < viewers.Length; v++)
            kept[v + 1] = kept[v] + OrderAndDeduplicate(_order.AsSpan(starts[v], starts[v + 1] - starts[v]), viewers[v]);

        var block = new EventBlock(kept, earliest, latest);
        for (var (v, at) = (0, 0); v < viewers.Length; v++)
        {
            foreach (var e in _order.AsSpan(starts[v], kept[v + 1] - kept[v]))
            {
                ref readonly var taken = ref _events[e];
                block.Set(at++, videoRank[taken.Video], taken.Time, taken.Content);
            }
        }

        return block;
    }

    // Where each viewer's events begin in the order, and the end.
    private int[] Group(int count, int viewers)
    {
        var starts = new int[viewers + 1];
        foreach (ref readonly var e in _events.AsSpan(0, count)) starts[e.Viewer + 1]++;
        for (var v = 0; v < viewers; v++) starts[v + 1] += starts[v];
        var next = starts.AsSpan(0, viewers).ToArray();
        for (var e = 0; e < count; e++) _order[next[_events[e].Viewer]++] = e;
        return starts;
    }

    // The number of events that stay, which are the first of the span.
    private int OrderAndDeduplicate(Span<int> events, int viewer)
    {
        if (_times.Length < events.Length) _times = new long[2 * events.Length];
        var times = _times.AsSpan(0, events.Length);
        var isOrdered = true;
        for (var i = 0; i < events.Length; i++)
        {
            times[i] = _events[events[i]].Time;
            isOrdered &= i == 0 || times[i - 1] < times[i];
        }

        if (!isOrdered)
        {
            times.Sort(events);
            for (var from = 0; from < events.Length;)
            {
                var to = from + 1;
                while (to < events.Length && times[to] == times[from]) to++;
                if (to - from > 1) events[from..to].Sort((a, b) => CompareWithinMoment(_events[a], _events[b], viewer));
                from = to;
            }
        }

        var count = 0;
        ClearIds(events.Length);
        foreach (var e in events)
            if (_events[e].Id == 0 || IsNew(_events[e].Id)) events[count++] = e;
        return count;
    }

    /// <summary>
    /// Where a device's clock says the same, by a number drawn from viewer and video, since any rule by video alone would prefer the same
    /// videos for everybody; then what is left, so that only equal events are level.
    /// </summary>
    private int CompareWithinMoment(in PendingEvent a, in PendingEvent b, int viewer)
    {
        var (videoA, videoB) = (videoRank[a.Video], videoRank[b.Video]);
        var result = Draw(viewer, videoA).CompareTo(Draw(viewer, videoB));
        if (result == 0) result = videoA.CompareTo(videoB);
        if (result == 0) result = EventWord.SignalOf(a.Content).CompareTo(EventWord.SignalOf(b.Content));
        if (result == 0) result = a.Content.CompareTo(b.Content);
        return result;
    }

    private static ulong Draw(int viewer, int video)
    {
        var z = (((ulong)(uint)viewer << 32) | (uint)video) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 32)) * 0xD6E8FEB86659FD93;
        return z ^ (z >> 32);
    }

    private void ClearIds(int count)
    {
        var slots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, checked(2 * count)));
        if (_ids.Length < slots) _ids = new ulong[slots];
        _ids.AsSpan(0, slots).Clear();
        _mask = slots - 1;
    }

    private bool IsNew(ulong id)
    {
        var slot = (int)id & _mask;
        for (; _ids[slot] != 0; slot = (slot + 1) & _mask)
            if (_ids[slot] == id) return false;
        _ids[slot] = id;
        return true;
    }
}
