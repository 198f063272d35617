using System.Runtime.InteropServices;
using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Ranking;

/// <summary>
/// Candidates from which the one worth most beside those already selected is taken, again and again. Similarities are found only where they
/// can matter: a candidate's worth never grows, and none is worth more than its score alone.
/// </summary>
internal readonly ref struct MarginalRanking
{
    private readonly ViewerQuery _query;
    private readonly Span<Candidate> _candidates;
    private readonly SelectorScratch _scratch;
    private readonly double _lowest;
    private readonly double _span;

    /// <summary>Puts the candidates in the order of their scores. Level scores are ordered by id, so that the same facts give the same answer.</summary>
    public MarginalRanking(ViewerQuery query, List<Candidate> candidates)
    {
        (_query, _scratch) = (query, query.Scratch.Selector);
        _candidates = CollectionsMarshal.AsSpan(candidates);
        var count = candidates.Count;
        _scratch.Prepare(count, query.Options);
        for (var i = 0; i < count; i++) (_scratch.Scores[i], _scratch.Order[i]) = (_candidates[i].Score.Total, i);
        _scratch.Order.AsSpan(0, count).Sort(new ByScore(_scratch.Scores, candidates));
        if (count == 0) return;
        _lowest = _scratch.Scores[_scratch.Order[Math.Min(count, 2 * query.Count) - 1]];
        _span = _scratch.Scores[_scratch.Order[0]] - _lowest;
    }

    /// <summary>Takes the best that the author cap admits; where it admits none, the first by score.</summary>
    /// <returns>Whether anything was left.</returns>
    public bool TryTake(List<Candidate> selected)
    {
        var (best, first, worth, repeats) = (-1, -1, double.NegativeInfinity, 0);
        var authors = new AuthorRow(selected, _query.Options);
        for (var rank = 0; rank < _candidates.Length; rank++)
        {
            if (_scratch.Taken[rank]) continue;
            if (first < 0) first = rank;
            var relevance = RelevanceOf(rank);
            if (relevance <= worth) break;
            var same = authors.Repeats(_candidates[_scratch.Order[rank]]);
            if (same >= _query.Options.AuthorCap) continue;
            var withAuthor = relevance - _scratch.Losses[same];
            if (withAuthor - (_query.Options.Diversity * _scratch.Similarity[rank]) <= worth) continue;
            var marginal = withAuthor - (_query.Options.Diversity * SimilarityOf(rank, selected));
            if (marginal > worth) (best, worth, repeats) = (rank, marginal, same);
        }
        if (first < 0) return false;
        if (best < 0) (best, repeats) = (first, authors.Repeats(_candidates[_scratch.Order[first]]));
        Take(best, repeats, selected);
        return true;
    }

    private double RelevanceOf(int rank) =>
        _span > 0 ? (1 - _query.Options.Diversity) * (_scratch.Scores[_scratch.Order[rank]] - _lowest) / _span : 0;

    private float SimilarityOf(int rank, List<Candidate> selected)
    {
        if (_query.Options.Diversity == 0) return 0;
        ref var greatest = ref _scratch.Similarity[rank];
        ref readonly var candidate = ref _candidates[_scratch.Order[rank]];
        foreach (ref readonly var other in CollectionsMarshal.AsSpan(selected)[_scratch.Compared[rank]..])
            greatest = Math.Max(greatest, Similarity.Of(_query, candidate, other));
        _scratch.Compared[rank] = selected.Count;
        return greatest;
    }

    private void Take(int rank, int repeats, List<Candidate> selected)
    {
        _scratch.Taken[rank] = true;
        selected.Add(_candidates[_scratch.Order[rank]] with { RankByScore = rank, AuthorRepeats = repeats, Similarity = SimilarityOf(rank, selected) });
    }

    private readonly struct ByScore(double[] scores, List<Candidate> candidates) : IComparer<int>
    {
        public int Compare(int a, int b)
        {
            var byScore = scores[b].CompareTo(scores[a]);
            if (byScore != 0) return byScore;
            var span = CollectionsMarshal.AsSpan(candidates);
            return string.CompareOrdinal(span[a].VideoId, span[b].VideoId);
        }
    }
}
