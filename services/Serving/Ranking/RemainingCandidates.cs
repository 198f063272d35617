using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Ranking;

/// <summary>Candidates in order, from which a selector takes one after the other.</summary>
internal ref struct RemainingCandidates(Span<Candidate> candidates)
{
    private readonly Span<Candidate> _candidates = candidates;
    private readonly bool[] _taken = new bool[candidates.Length];
    private int _first;

    /// <summary>Takes the first one that the author cap admits.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(AuthorRow authors, List<Candidate> into)
    {
        SkipTaken();
        for (var i = _first; i < _candidates.Length; i++)
            if (!_taken[i] && authors.Admits(_candidates[i])) return Take(i, into);
        return false;
    }

    /// <summary>Takes the first one.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryTakeFirst(List<Candidate> into)
    {
        SkipTaken();
        return _first < _candidates.Length && Take(_first, into);
    }

    private void SkipTaken()
    {
        while (_first < _candidates.Length && _taken[_first]) _first++;
    }

    private readonly bool Take(int at, List<Candidate> into)
    {
        _taken[at] = true;
        into.Add(_candidates[at]);
        return true;
    }
}
