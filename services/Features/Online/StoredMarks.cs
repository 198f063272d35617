using Recommender.Hosting.Online;

namespace Recommender.Features.Online;

/// <summary>The watermarks of one partition as this process last saw or wrote them, and the states that it has absorbed lately.</summary>
/// <param name="key">Their key (<see cref="OnlineKeys.Partition"/>).</param>
/// <param name="partition">The partition.</param>
/// <param name="hotBytes">About how much memory the states may take; 0: none is kept.</param>
internal sealed class StoredMarks(string key, int partition, long hotBytes)
{
    private const int MostWaiting = 50_000;

    private readonly Dictionary<(ulong Log, byte Topic), LogPosition> _reached = [];
    private byte[] _stored = [];
    private LogWatermarks _marks = new();

    /// <summary>The partition.</summary>
    public int Partition { get; } = partition;

    /// <summary>Viewers absorbed lately, written or not.</summary>
    public HotValues<ViewerState> Viewers { get; } = new(hotBytes / 8 * 5);

    /// <summary>The partition's counters of videos absorbed lately, written or not.</summary>
    public HotValues<VideoCounters> Videos { get; } = new(hotBytes / 8 * 3);

    /// <summary>Scores of the partition's videos that are to be written.</summary>
    public TrendingScores Trending { get; } = new();

    /// <summary>Viewers whose lists are to be deleted when their states are written: they asked to be forgotten.</summary>
    public HashSet<string> Forgotten { get; } = new(StringComparer.Ordinal);

    /// <summary>When the door took the events that count and are not written yet, Unix milliseconds.</summary>
    public List<long> Waiting { get; } = [];

    /// <summary>Whether something is absorbed that the stored watermarks do not cover.</summary>
    public bool IsUnsettled => _reached.Count > 0;

    /// <summary>Whether as much waits to be written as memory may hold.</summary>
    public bool IsFull => Viewers.ChangedBytes + Videos.ChangedBytes >= hotBytes / 2 || Waiting.Count >= MostWaiting;

    /// <summary>Whether what was absorbed has been forgotten again, since it could not be written or not be read: the watermarks are to be read first.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>Whether a value that the partition needs can't be read, so that it is left alone for a while: the others must not wait for it.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>Reads the watermarks, and forgets what was taken for stored before.</summary>
    /// <exception cref="UnreadableValueException">The value is damaged; the partition is stuck.</exception>
    public async Task ReadAsync(IOnlineStore store, CancellationToken cancellationToken)
    {
        Drop();
        try
        {
            _stored = await store.ReadMarksAsync(key, cancellationToken);
            _marks = Decode(_stored);
        }
        catch (UnreadableValueException e)
        {
            Fail(e);
            throw;
        }
        IsDropped = false;
    }

    /// <summary>After a failure nothing that is in memory means anything; one that no retry mends leaves the partition stuck.</summary>
    public void Fail(Exception error)
    {
        Drop();
        IsStuck = error is UnreadableValueException;
    }

    /// <summary>Lets a partition that is stuck be tried again.</summary>
    public void Release() => IsStuck = false;

    /// <summary>The next offset to absorb; 0 when nothing of that log was absorbed.</summary>
    public long Next(ulong log, byte topic) => _marks.Next(log, topic, Partition);

    /// <summary>Notes that everything before the places is absorbed into what is in memory.</summary>
    public void Reached(IReadOnlyCollection<LogPosition> places)
    {
        foreach (var place in places) _reached[(place.Log, place.Topic)] = place;
    }

    /// <summary>Forgets what was absorbed and is not written, and all that is in memory: what a batch has done half is in there, too.</summary>
    public void Drop()
    {
        Viewers.Clear();
        Videos.Clear();
        Trending.Clear();
        Forgotten.Clear();
        Waiting.Clear();
        _reached.Clear();
        IsDropped = true;
    }

    /// <summary>
    /// Moves and writes the watermarks once everything before them is written. Another writer who has absorbed more, or other topics, is no
    /// harm: its marks are true as well, and the greater one stays.
    /// </summary>
    /// <returns>How many writes were lost to another writer.</returns>
    /// <exception cref="StateLostException">The stored watermarks are behind what this process wrote: the state is, too.</exception>
    public async Task<int> AdvanceAsync(IOnlineStore store, CancellationToken cancellationToken)
    {
        for (var conflicts = 0; ; conflicts++)
        {
            var next = LogWatermarks.Decode(_stored);
            foreach (var place in _reached.Values) next.Advance(place);
            var value = next.Encode();
            var isKnown = value.AsSpan().SequenceEqual(_stored);
            if (isKnown || await store.WriteMarksAsync(key, _stored, value, cancellationToken) is not { } current)
            {
                (_stored, _marks) = (value, next);
                _reached.Clear();
                return conflicts;
            }
            var found = Decode(current);
            foreach (var place in _reached.Values)
            {
                if (found.Next(place.Log, place.Topic, place.Partition) < Next(place.Log, place.Topic))
                    throw new StateLostException("the partition's watermarks are older than they were");
            }
            (_stored, _marks) = (current, found);
        }
    }

    private LogWatermarks Decode(byte[] stored)
    {
        try
        {
            return LogWatermarks.Decode(stored);
        }
        catch (InvalidDataException e)
        {
            throw UnreadableValueException.OfMarks(key, e);
        }
    }
}
