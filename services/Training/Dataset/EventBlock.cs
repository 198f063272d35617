namespace Recommender.Training.Dataset;

/// <summary>
/// The events of some viewers in columns of twelve bytes: the video, the lower half of the time since the earliest event, and a word with signal,
/// watch time and the upper bits of that time. Where 2^41 milliseconds (69 years) do not span all times, they are kept whole and
/// take eight bytes more. Immutable.
/// </summary>
internal sealed class EventBlock
{
    /// <summary>Bits of a time that fit beside the rest.</summary>
    public const int TimeBits = 32 + EventWord.FreeBits;

    private const int HighShift = 32 - EventWord.FreeBits;

    private readonly int[] _starts;
    private readonly int[] _videos;
    private readonly uint[] _lows;
    private readonly uint[] _words;
    private readonly long[] _times;
    private readonly long _earliest;

    /// <param name="starts">Where each viewer's events begin, and the end.</param>
    /// <param name="earliest">No event is earlier; Unix milliseconds.</param>
    /// <param name="latest">No event is later.</param>
    public EventBlock(int[] starts, long earliest, long latest)
    {
        var count = starts[^1];
        (_starts, _earliest) = (starts, earliest);
        var isWhole = (ulong)(latest - earliest) >> TimeBits != 0;
        (_videos, _words) = (GC.AllocateUninitializedArray<int>(count), GC.AllocateUninitializedArray<uint>(count));
        _lows = isWhole ? [] : GC.AllocateUninitializedArray<uint>(count);
        _times = isWhole ? GC.AllocateUninitializedArray<long>(count) : [];
    }

    /// <summary>Number of events.</summary>
    public int Count => _videos.Length;

    /// <summary>Number of events of the block's n-th viewer.</summary>
    public int EventsOf(int viewer) => _starts[viewer + 1] - _starts[viewer];

    /// <summary>The events of the block's n-th viewer from position <paramref name="from"/> to before <paramref name="to"/>.</summary>
    public EventSpan Events(int viewer, int from, int to)
    {
        var (start, length) = (_starts[viewer] + from, to - from);
        var words = _words.AsSpan(start, length);
        var times = _times.Length > 0
            ? new EventTimes([], [], _times.AsSpan(start, length), 0)
            : new EventTimes(_lows.AsSpan(start, length), words, [], _earliest);
        return new EventSpan(_videos.AsSpan(start, length), times, words);
    }

    /// <summary>Fills in an event, while the block is made.</summary>
    public void Set(int at, int video, long time, uint word)
    {
        _videos[at] = video;
        if (_times.Length > 0)
        {
            (_times[at], _words[at]) = (time, word);
            return;
        }

        var since = (ulong)(time - _earliest);
        (_lows[at], _words[at]) = ((uint)since, word | ((uint)(since >> 32) << HighShift));
    }

    /// <summary>The upper bits of a time, in their place.</summary>
    public static ulong HighOf(uint word) => (ulong)(word >> HighShift) << 32;
}
