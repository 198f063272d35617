namespace Recommender.Training.Dataset;

/// <summary>An event that waits for its place.</summary>
/// <param name="Time">Unix milliseconds.</param>
/// <param name="Id">Hash of the event id; 0: none.</param>
/// <param name="Video">Video in the order of arrival.</param>
/// <param name="Word">As <see cref="EventWord"/>, with the viewer's place within the block in the upper bits.</param>
internal readonly record struct PendingEvent(long Time, ulong Id, int Video, uint Word)
{
    private const int ViewerShift = 32 - EventWord.FreeBits;

    /// <summary>The viewer's place within the block.</summary>
    public int Viewer => (int)(Word >> ViewerShift);

    /// <summary>Signal and watch time.</summary>
    public uint Content => Word & ((1u << ViewerShift) - 1);

    /// <summary>Makes one.</summary>
    public static PendingEvent Of(int viewer, int video, long time, float watchSeconds, byte signal, ulong id) =>
        new(time, id, video, EventWord.Of(signal, watchSeconds) | ((uint)viewer << ViewerShift));
}

/// <summary>Events of the viewers of a block in the order of arrival, in pieces, so that growing copies nothing. Not safe for concurrent use.</summary>
internal sealed class PendingEvents
{
    // A piece has a quarter as many events as are there already, within bounds.
    private const int ShortestPiece = 64;
    private const int LongestPiece = 4096;

    private readonly List<PendingEvent[]> _pieces = [];
    private PendingEvent[] _last = [];
    private int _filled;

    /// <summary>Number of events.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an event.</summary>
    public void Add(in PendingEvent added)
    {
        if (_filled == _last.Length)
        {
            _pieces.Add(_last = GC.AllocateUninitializedArray<PendingEvent>(Math.Clamp(Count / 4, ShortestPiece, LongestPiece)));
            _filled = 0;
        }

        _last[_filled++] = added;
        Count++;
    }

    /// <summary>Moves the events to the start of <paramref name="destination"/>; they are gone here.</summary>
    /// <returns>Their number.</returns>
    public int MoveTo(Span<PendingEvent> destination)
    {
        var count = Count;
        foreach (var piece in _pieces)
        {
            var length = ReferenceEquals(piece, _last) ? _filled : piece.Length;
            piece.AsSpan(0, length).CopyTo(destination);
            destination = destination[length..];
        }

        _pieces.Clear();
        (_last, _filled, Count) = ([], 0, 0);
        return count;
    }
}
