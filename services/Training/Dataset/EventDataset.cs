namespace Recommender.Training.Dataset;

/// <summary>
/// All events that count, in columns of twelve bytes an event: a snapshot of the archive. Viewers and videos are numbered in the order of
/// their ids (ordinal); a viewer's events are in the order of time. Equal content gives equal events, however the archive was cut into
/// files. Immutable; safe for concurrent readers.
/// </summary>
internal sealed class EventDataset
{
    private readonly int[] _places;
    private readonly EventBlock[] _blocks;

    /// <summary>Takes the blocks over; see <see cref="EventDatasetBuilder"/>.</summary>
    /// <param name="viewers">Ids of viewers.</param>
    /// <param name="videos">Ids of videos.</param>
    /// <param name="durations">Seconds that each video lasts.</param>
    /// <param name="places">By viewer: block x <see cref="EventStore.ViewersOfBlock"/> + place within the block.</param>
    /// <param name="blocks">The events.</param>
    internal EventDataset(IdList viewers, IdList videos, float[] durations, int[] places, EventBlock[] blocks)
    {
        (Viewers, Videos, Durations) = (viewers, videos, durations);
        (_places, _blocks) = (places, blocks);
        EventCount = blocks.Sum(b => (long)b.Count);
    }

    /// <summary>Ids of viewers by number; each has at least one event.</summary>
    public IdList Viewers { get; }

    /// <summary>Ids of videos by number; each has at least one event.</summary>
    public IdList Videos { get; }

    /// <summary>Seconds that a video lasts, by number; 0 when the catalog does not say.</summary>
    public IReadOnlyList<float> Durations { get; }

    /// <summary>Number of events.</summary>
    public long EventCount { get; }

    /// <summary>Number of events of a viewer.</summary>
    public int EventsOf(int viewer)
    {
        var place = _places[viewer];
        return _blocks[place / EventStore.ViewersOfBlock].EventsOf(place % EventStore.ViewersOfBlock);
    }

    /// <summary>A viewer's events from position <paramref name="from"/> to before <paramref name="to"/>, oldest first.</summary>
    public EventSpan Events(int viewer, int from, int to)
    {
        var place = _places[viewer];
        return _blocks[place / EventStore.ViewersOfBlock].Events(place % EventStore.ViewersOfBlock, from, to);
    }

    /// <summary>All events of a viewer, oldest first.</summary>
    public EventSpan Events(int viewer) => Events(viewer, 0, EventsOf(viewer));
}
