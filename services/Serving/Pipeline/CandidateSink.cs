namespace Recommender.Serving.Pipeline;

/// <summary>
/// Takes the proposals of one source. Each is hydrated and filtered at once, so that a source goes on until enough of its videos may
/// really be shown. It is full when the source's quota is used up or its time is over; a source should stop then.
/// </summary>
internal sealed class CandidateSink(int proposer, ICandidateHydrator[] hydrators, ICandidateFilter[] filters)
{
    /// <summary>Looking at the clock costs as much as some proposals.</summary>
    private const int ProposalsPerLook = 32;

    private TimeProvider? _time;
    private int _quota = int.MaxValue;
    private long _end;
    private int _sinceLook;
    private volatile bool _isClosed;

    /// <summary>What may be shown of the proposals so far.</summary>
    public List<Candidate> Candidates { get; } = [];

    /// <summary>How many proposals each filter kept out.</summary>
    public int[] Dropped { get; } = new int[filters.Length];

    /// <summary>Whether nothing more is taken.</summary>
    public bool IsFull => _isClosed || Candidates.Count >= _quota;

    /// <summary>Whether it was closed because the source took too long.</summary>
    public bool IsOverdue => _isClosed;

    /// <summary>Prepares it for a source that begins now.</summary>
    public void Open(SourceLimits limits, TimeProvider time, long begin)
    {
        (_time, _quota, _sinceLook, _isClosed) = (time, limits.Quota, 0, false);
        _end = begin + (long)(limits.Timeout.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>Takes nothing more. It then belongs to the source that may still hold it.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Proposes a video.</summary>
    /// <returns>Whether it may be shown.</returns>
    public bool Offer(ViewerQuery query, Candidate candidate)
    {
        if (++_sinceLook == ProposalsPerLook) LookAtClock();
        if (IsFull) return false;
        foreach (var hydrator in hydrators) hydrator.Hydrate(query, ref candidate);
        for (var i = 0; i < filters.Length; i++)
        {
            if (filters[i].Keeps(query, ref candidate)) continue;
            Dropped[i]++;
            return false;
        }
        candidate.Proposer = proposer;
        candidate.Proposers = 1u << proposer;
        Candidates.Add(candidate);
        return true;
    }

    private void LookAtClock()
    {
        _sinceLook = 0;
        if (_time is { } time && time.GetTimestamp() > _end) _isClosed = true;
    }
}
