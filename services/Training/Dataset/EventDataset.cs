using Recommender.Modeling.Weights;

namespace Recommender.Training.Dataset;

/// <summary>
/// All events that count, in compact columns grouped by viewer: a snapshot of the archive. Viewers and videos are numbered in the order of
/// their ids (ordinal); a viewer's events are in the order of time. Equal content gives equal columns, however the archive was cut into
/// files. Immutable; safe for concurrent readers.
/// </summary>
internal sealed class EventDataset
{
    private readonly long[] _offsets;
    private readonly int[] _videos;
    private readonly long[] _times;
    private readonly float[] _watchSeconds;
    private readonly byte[] _signals;

    /// <summary>Takes the columns over; see <see cref="EventDatasetBuilder"/>.</summary>
    internal EventDataset(
        string[] viewers, string[] videos, float[] durations, long[] offsets, int[] videoOfEvent, long[] times, float[] watchSeconds, byte[] signals)
    {
        (Viewers, Videos, Durations) = (viewers, videos, durations);
        (_offsets, _videos, _times, _watchSeconds, _signals) = (offsets, videoOfEvent, times, watchSeconds, signals);
    }

    /// <summary>Ids of viewers by number; each has at least one event.</summary>
    public IReadOnlyList<string> Viewers { get; }

    /// <summary>Ids of videos by number; each has at least one event.</summary>
    public IReadOnlyList<string> Videos { get; }

    /// <summary>Seconds that a video lasts, by number; 0 when the catalog does not say.</summary>
    public IReadOnlyList<float> Durations { get; }

    /// <summary>Number of events.</summary>
    public long EventCount => _videos.LongLength;

    /// <summary>Times of all events, Unix milliseconds; in no particular order.</summary>
    public ReadOnlySpan<long> Times => _times;

    /// <summary>Number of events of a viewer.</summary>
    public int EventsOf(int viewer) => (int)(_offsets[viewer + 1] - _offsets[viewer]);

    /// <summary>A viewer's events from position <paramref name="from"/> to before <paramref name="to"/>, oldest first.</summary>
    public EventSpan Events(int viewer, int from, int to)
    {
        var (start, length) = ((int)_offsets[viewer] + from, to - from);
        return new EventSpan(_videos.AsSpan(start, length), _times.AsSpan(start, length), _watchSeconds.AsSpan(start, length), _signals.AsSpan(start, length));
    }

    /// <summary>All events of a viewer, oldest first.</summary>
    public EventSpan Events(int viewer) => Events(viewer, 0, EventsOf(viewer));
}

/// <summary>Columns of some events of one viewer.</summary>
/// <param name="videos">Video numbers.</param>
/// <param name="times">Unix milliseconds, ascending.</param>
/// <param name="watchSeconds">Seconds watched.</param>
/// <param name="signals">What happened, one byte each.</param>
internal readonly ref struct EventSpan(ReadOnlySpan<int> videos, ReadOnlySpan<long> times, ReadOnlySpan<float> watchSeconds, ReadOnlySpan<byte> signals)
{
    public ReadOnlySpan<int> Videos { get; } = videos;

    public ReadOnlySpan<long> Times { get; } = times;

    public ReadOnlySpan<float> WatchSeconds { get; } = watchSeconds;

    /// <summary>Numbers of <see cref="Signal"/>.</summary>
    public ReadOnlySpan<byte> Signals { get; } = signals;

    public int Length => Videos.Length;

    public Signal SignalAt(int position) => (Signal)Signals[position];
}
