using Recommender.Hosting.Online;

namespace Recommender.Features.Online;

/// <summary>The watermarks of one partition as this process last saw or wrote them, and the states that it has absorbed lately.</summary>
/// <param name="key">Their key (<see cref="OnlineKeys.Partition"/>).</param>
/// <param name="partition">The partition.</param>
/// <param name="hotBytes">About how much memory the states may take; 0: none is kept.</param>
internal sealed class StoredMarks(string key, int partition, long hotBytes)
{
    private readonly Dictionary<(ulong Log, byte Topic), LogPosition> _reached = [];
    private byte[] _stored = [];
    private LogWatermarks _marks = new();

    /// <summary>The partition.</summary>
    public int Partition { get; } = partition;

    /// <summary>Viewers absorbed lately.</summary>
    public HotValues<ViewerState> Viewers { get; } = new(hotBytes / 4 * 3);

    /// <summary>The partition's counters of videos absorbed lately.</summary>
    public HotValues<VideoCounters> Videos { get; } = new(hotBytes / 4);

    /// <summary>Scores of the partition's videos that are to be written.</summary>
    public TrendingScores Trending { get; } = new();

    /// <summary>Whether something is absorbed that the stored watermarks do not cover.</summary>
    public bool IsUnsettled => _reached.Count > 0;

    /// <summary>Reads the watermarks, and forgets what was taken for stored before.</summary>
    /// <exception cref="UnreadableValueException">The value is damaged.</exception>
    public async Task ReadAsync(IOnlineStore store, CancellationToken cancellationToken)
    {
        Viewers.Clear();
        Videos.Clear();
        Trending.Clear();
        _reached.Clear();
        _stored = await store.ReadMarksAsync(key, cancellationToken);
        _marks = Decode(_stored);
    }

    /// <summary>The next offset to absorb; 0 when nothing of that log was absorbed.</summary>
    public long Next(ulong log, byte topic) => _marks.Next(log, topic, Partition);

    /// <summary>Notes that everything before the places is absorbed, trending apart.</summary>
    public void Reached(IReadOnlyCollection<LogPosition> places)
    {
        foreach (var place in places) _reached[(place.Log, place.Topic)] = place;
    }

    /// <summary>Forgets what was noted and is not written.</summary>
    public void DropUnsettled()
    {
        Trending.Clear();
        _reached.Clear();
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
