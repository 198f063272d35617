using Recommender.Modeling.Weights;

namespace Recommender.Training.Dataset;

/// <summary>Some events of one viewer, oldest first.</summary>
/// <param name="videos">Video numbers.</param>
/// <param name="times">Unix milliseconds, ascending.</param>
/// <param name="words">Signals and watch times, see <see cref="EventWord"/>.</param>
internal readonly ref struct EventSpan(ReadOnlySpan<int> videos, EventTimes times, ReadOnlySpan<uint> words)
{
    /// <summary>Video numbers.</summary>
    public ReadOnlySpan<int> Videos { get; } = videos;

    /// <summary>Unix milliseconds, ascending.</summary>
    public EventTimes Times { get; } = times;

    /// <summary>Seconds watched.</summary>
    public EventSeconds WatchSeconds { get; } = new(words);

    /// <summary>Numbers of <see cref="Signal"/>.</summary>
    public EventSignals Signals { get; } = new(words);

    /// <summary>Number of events.</summary>
    public int Length => Videos.Length;

    /// <summary>What happened.</summary>
    public Signal SignalAt(int position) => (Signal)Signals[position];
}

/// <summary>Times of events, Unix milliseconds, kept in two parts or whole.</summary>
/// <param name="lows">The lower half of the times since <paramref name="earliest"/>; empty when they are whole.</param>
/// <param name="words">Hold the upper bits.</param>
/// <param name="whole">The times themselves; empty when they are in two parts.</param>
/// <param name="earliest">From when the parts count.</param>
internal readonly ref struct EventTimes(ReadOnlySpan<uint> lows, ReadOnlySpan<uint> words, ReadOnlySpan<long> whole, long earliest)
{
    private readonly ReadOnlySpan<uint> _lows = lows;
    private readonly ReadOnlySpan<uint> _words = words;
    private readonly ReadOnlySpan<long> _whole = whole;

    /// <summary>Number of events.</summary>
    public int Length => Math.Max(_lows.Length, _whole.Length);

    /// <summary>The time of an event.</summary>
    public long this[int position] => _whole.IsEmpty ? earliest + (long)(EventBlock.HighOf(_words[position]) | _lows[position]) : _whole[position];

    /// <summary>Writes all of them.</summary>
    public void CopyTo(Span<long> destination)
    {
        for (var i = 0; i < Length; i++) destination[i] = this[i];
    }
}

/// <summary>Seconds watched, by event.</summary>
internal readonly ref struct EventSeconds(ReadOnlySpan<uint> words)
{
    private readonly ReadOnlySpan<uint> _words = words;

    /// <summary>Seconds watched, 0 when the event says nothing of it.</summary>
    public float this[int position] => EventWord.SecondsOf(_words[position]);
}

/// <summary>Numbers of <see cref="Signal"/>, by event.</summary>
internal readonly ref struct EventSignals(ReadOnlySpan<uint> words)
{
    private readonly ReadOnlySpan<uint> _words = words;

    /// <summary>The number of the signal.</summary>
    public byte this[int position] => EventWord.SignalOf(_words[position]);
}
