using System.Buffers;

namespace Recommender.Training.Dataset;

/// <summary>Events in columns, in the order of arrival. Not safe for concurrent use.</summary>
/// <param name="capacity">Room to begin with.</param>
internal sealed class EventStore(int capacity)
{
    private const int ViewersAtOnce = 1024;

    private int[] _viewers = new int[capacity];
    private int[] _videos = new int[capacity];
    private long[] _times = new long[capacity];
    private float[] _watchSeconds = new float[capacity];
    private byte[] _signals = new byte[capacity];
    private ulong[] _eventIds = new ulong[capacity];

    /// <summary>Number of events.</summary>
    public int Count { get; private set; }

    /// <summary>Makes room for more events.</summary>
    public void Reserve(int more)
    {
        var needed = checked(Count + more);
        if (needed <= _viewers.Length) return;
        var length = (int)Math.Min(Array.MaxLength, Math.Max(needed, _viewers.Length * 3L / 2));
        Array.Resize(ref _viewers, length);
        Array.Resize(ref _videos, length);
        Array.Resize(ref _times, length);
        Array.Resize(ref _watchSeconds, length);
        Array.Resize(ref _signals, length);
        Array.Resize(ref _eventIds, length);
    }

    /// <summary>Adds an event, for which there is room.</summary>
    public void Add(int viewer, int video, long time, float watchSeconds, byte signal, ulong eventId)
    {
        (_viewers[Count], _videos[Count], _times[Count]) = (viewer, video, time);
        (_watchSeconds[Count], _signals[Count], _eventIds[Count]) = (watchSeconds, signal, eventId);
        Count++;
    }

    /// <summary>Gives every viewer and video another number.</summary>
    public void Renumber(int[] viewers, int[] videos)
    {
        for (var e = 0; e < Count; e++) (_viewers[e], _videos[e]) = (viewers[_viewers[e]], videos[_videos[e]]);
    }

    /// <summary>Groups by viewer, orders each viewer's events by time, and leaves out what repeats an id. The store is used up.</summary>
    /// <param name="viewers">Number of viewers.</param>
    /// <param name="offsets">Where each viewer's events begin in the result, and its end.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public SortedEvents Sort(int viewers, out long[] offsets, CancellationToken cancellationToken)
    {
        var starts = new int[viewers + 1];
        foreach (var viewer in _viewers.AsSpan(0, Count)) starts[viewer + 1]++;
        for (var v = 0; v < viewers; v++) starts[v + 1] += starts[v];
        var order = new int[Count];
        var next = starts.AsSpan(0, viewers).ToArray();
        for (var e = 0; e < order.Length; e++) order[next[_viewers[e]]++] = e;

        var kept = new int[viewers];
        InParallel(viewers, (from, to) =>
        {
            using var scratch = new Scratch();
            for (var v = from; v < to; v++) kept[v] = OrderAndDeduplicate(order.AsSpan(starts[v], starts[v + 1] - starts[v]), scratch);
        }, cancellationToken);

        var ends = new long[viewers + 1];
        for (var v = 0; v < viewers; v++) ends[v + 1] = ends[v] + kept[v];
        offsets = ends;
        // One column after another, so that only one is there twice at a time. The events are gone then.
        (_viewers, _eventIds) = ([], []);
        return new SortedEvents(InOrder(ref _videos), InOrder(ref _times), InOrder(ref _watchSeconds), InOrder(ref _signals));

        T[] InOrder<T>(ref T[] column)
        {
            var (from, to) = (column, new T[ends[viewers]]);
            column = [];
            InParallel(viewers, (first, end) =>
            {
                for (var v = first; v < end; v++)
                {
                    var at = (int)ends[v];
                    foreach (var e in order.AsSpan(starts[v], kept[v])) to[at++] = from[e];
                }
            }, cancellationToken);
            return to;
        }
    }

    private static void InParallel(int viewers, Action<int, int> work, CancellationToken cancellationToken) =>
        Parallel.For(0, (viewers + ViewersAtOnce - 1) / ViewersAtOnce, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
            chunk => work(chunk * ViewersAtOnce, Math.Min(viewers, (chunk + 1) * ViewersAtOnce)));

    // The number of events that stay, which are the first of the span.
    private int OrderAndDeduplicate(Span<int> events, Scratch scratch)
    {
        var times = scratch.Times(events.Length);
        var isOrdered = true;
        for (var i = 0; i < events.Length; i++)
        {
            times[i] = _times[events[i]];
            isOrdered &= i == 0 || times[i - 1] < times[i];
        }

        if (!isOrdered)
        {
            times.Sort(events);
            for (var from = 0; from < events.Length;)
            {
                var to = from + 1;
                while (to < events.Length && times[to] == times[from]) to++;
                if (to - from > 1) events[from..to].Sort(CompareWithinMoment);
                from = to;
            }
        }

        var count = 0;
        scratch.ClearIds(events.Length);
        foreach (var e in events)
            if (_eventIds[e] == 0 || scratch.IsNew(_eventIds[e])) events[count++] = e;
        return count;
    }

    /// <summary>
    /// Where a device's clock says the same, by a number drawn from viewer and video, since any rule by video alone would prefer the same
    /// videos for everybody; then what is left, so that only equal events are level.
    /// </summary>
    private int CompareWithinMoment(int a, int b)
    {
        var result = Draw(a).CompareTo(Draw(b));
        if (result == 0) result = _videos[a].CompareTo(_videos[b]);
        if (result == 0) result = _signals[a].CompareTo(_signals[b]);
        if (result == 0) result = _watchSeconds[a].CompareTo(_watchSeconds[b]);
        return result;
    }

    private ulong Draw(int e)
    {
        var z = (((ulong)(uint)_viewers[e] << 32) | (uint)_videos[e]) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 32)) * 0xD6E8FEB86659FD93;
        return z ^ (z >> 32);
    }

    /// <summary>Memory for the events of one viewer after another.</summary>
    private sealed class Scratch : IDisposable
    {
        private long[] _times = ArrayPool<long>.Shared.Rent(1024);
        private ulong[] _ids = ArrayPool<ulong>.Shared.Rent(4096);
        private int _mask;

        public Span<long> Times(int count)
        {
            Fit(ref _times, count);
            return _times.AsSpan(0, count);
        }

        public void ClearIds(int count)
        {
            var slots = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, checked(2 * count)));
            Fit(ref _ids, slots);
            _ids.AsSpan(0, slots).Clear();
            _mask = slots - 1;
        }

        public bool IsNew(ulong id)
        {
            var slot = (int)id & _mask;
            for (; _ids[slot] != 0; slot = (slot + 1) & _mask)
                if (_ids[slot] == id) return false;
            _ids[slot] = id;
            return true;
        }

        public void Dispose()
        {
            ArrayPool<long>.Shared.Return(_times);
            ArrayPool<ulong>.Shared.Return(_ids);
        }

        private static void Fit<T>(ref T[] array, int length)
        {
            if (array.Length >= length) return;
            ArrayPool<T>.Shared.Return(array);
            array = ArrayPool<T>.Shared.Rent(length);
        }
    }
}

/// <summary>Columns of events grouped by viewer.</summary>
internal sealed record SortedEvents(int[] Videos, long[] Times, float[] WatchSeconds, byte[] Signals)
{
    /// <summary>Number of events.</summary>
    public int Count => Videos.Length;
}
