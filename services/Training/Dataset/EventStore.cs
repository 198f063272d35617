namespace Recommender.Training.Dataset;

/// <summary>
/// Events in the order of arrival, 24 bytes each, until <see cref="Sort"/> packs them block by block: what is packed is freed, so that at no
/// time there is much more than the larger of both. Not safe for concurrent use.
/// </summary>
internal sealed class EventStore
{
    /// <summary>Viewers whose events are kept together, by the order of their arrival.</summary>
    public const int ViewersOfBlock = 1 << EventWord.FreeBits;

    private readonly List<PendingEvents> _blocks = [];
    private long _earliest = long.MaxValue;
    private long _latest = long.MinValue;

    /// <summary>Number of events.</summary>
    public long Count { get; private set; }

    /// <summary>Adds an event.</summary>
    /// <param name="viewer">In the order of arrival.</param>
    /// <param name="video">In the order of arrival.</param>
    /// <param name="time">Unix milliseconds.</param>
    /// <param name="watchSeconds">Seconds watched.</param>
    /// <param name="signal">What happened.</param>
    /// <param name="eventId">Hash of the event id; 0: none.</param>
    public void Add(int viewer, int video, long time, float watchSeconds, byte signal, ulong eventId)
    {
        var block = viewer / ViewersOfBlock;
        while (block >= _blocks.Count) _blocks.Add(new PendingEvents());
        _blocks[block].Add(PendingEvent.Of(viewer % ViewersOfBlock, video, time, watchSeconds, signal, eventId));
        (_earliest, _latest) = (Math.Min(_earliest, time), Math.Max(_latest, time));
        Count++;
    }

    /// <summary>Groups by viewer, orders each viewer's events by time, and leaves out what repeats an id. The stores are empty then.</summary>
    /// <param name="stores">The events.</param>
    /// <param name="viewerRank">The final number of each viewer.</param>
    /// <param name="videoRank">The final number of each video.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>A block for <see cref="ViewersOfBlock"/> viewers each, in the order of their arrival.</returns>
    public static EventBlock[] Sort(IReadOnlyList<EventStore> stores, int[] viewerRank, int[] videoRank, CancellationToken cancellationToken)
    {
        var sorted = new EventBlock[(viewerRank.Length + ViewersOfBlock - 1) / ViewersOfBlock];
        if (sorted.Length == 0) return sorted;
        var (earliest, latest) = (stores.Min(s => s._earliest), stores.Max(s => s._latest));
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, sorted.Length, parallel, () => new EventSorter(videoRank, earliest, latest), (block, _, sorter) =>
        {
            var first = block * ViewersOfBlock;
            var pending = stores.Where(s => block < s._blocks.Count).Select(s => s._blocks[block]).ToArray();
            sorted[block] = sorter.Sort(pending, viewerRank.AsSpan(first, Math.Min(ViewersOfBlock, viewerRank.Length - first)));
            return sorter;
        }, _ => { });
        foreach (var store in stores) store.Clear();
        return sorted;
    }

    private void Clear()
    {
        _blocks.Clear();
        Count = 0;
    }
}
