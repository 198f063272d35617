using Recommender.Modeling.Retrieval;

namespace Recommender.Modeling.Evaluation;

/// <summary>Turns each viewer's ranking into metrics. Different viewers may be added concurrently.</summary>
internal sealed class RankingCollector
{
    private readonly int[] _viewers;
    private readonly int _items;
    private readonly int[] _cutoffs;
    private readonly double[] _discounts;
    private readonly double[] _idealDcg;
    private readonly double[][] _recall;
    private readonly double[][] _ndcg;
    private readonly double[][] _hit;
    private readonly int[] _bestRank;

    public RankingCollector(int[] viewers, int items, IReadOnlyList<int> cutoffs)
    {
        ArgumentOutOfRangeException.ThrowIfZero(cutoffs.Count);
        foreach (var k in cutoffs) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k, nameof(cutoffs));
        (_viewers, _items, _cutoffs) = (viewers, items, [.. cutoffs.Distinct().Order()]);
        Deepest = _cutoffs[^1];
        _discounts = new double[Deepest];
        _idealDcg = new double[Deepest + 1];
        for (var rank = 0; rank < Deepest; rank++)
        {
            _discounts[rank] = 1 / Math.Log2(rank + 2);
            _idealDcg[rank + 1] = _idealDcg[rank] + _discounts[rank];
        }

        double[][] Columns() => [.. _cutoffs.Select(_ => new double[viewers.Length])];
        (_recall, _ndcg, _hit) = (Columns(), Columns(), Columns());
        _bestRank = new int[items];
        _bestRank.AsSpan().Fill(int.MaxValue);
    }

    /// <summary>The largest k.</summary>
    public int Deepest { get; }

    /// <param name="at">Position in the list of viewers.</param>
    /// <param name="ranking">Best first, at least the first <see cref="Deepest"/> if there are as many.</param>
    /// <param name="relevant">Ascending, at least one.</param>
    public void Add(int at, ReadOnlySpan<ScoredItem> ranking, ReadOnlySpan<int> relevant)
    {
        var (rank, hits, dcg) = (0, 0, 0.0);
        for (var c = 0; c < _cutoffs.Length; c++)
        {
            for (; rank < Math.Min(_cutoffs[c], ranking.Length); rank++)
            {
                LowerBestRank(ranking[rank].Item, rank);
                if (relevant.BinarySearch(ranking[rank].Item) < 0) continue;
                hits++;
                dcg += _discounts[rank];
            }

            _recall[c][at] = hits / (double)relevant.Length;
            _ndcg[c][at] = dcg / _idealDcg[Math.Min(_cutoffs[c], relevant.Length)];
            _hit[c][at] = hits > 0 ? 1 : 0;
        }
    }

    public EvaluationResult Finish()
    {
        var metrics = new Dictionary<string, double>();
        var perViewer = new Dictionary<string, double[]>();
        for (var c = 0; c < _cutoffs.Length; c++)
        {
            var k = _cutoffs[c];
            foreach (var (name, values) in new[] { ($"recall@{k}", _recall[c]), ($"ndcg@{k}", _ndcg[c]), ($"hit_rate@{k}", _hit[c]) })
            {
                metrics[name] = values.Average();
                perViewer[name] = values;
            }

            metrics[$"coverage@{k}"] = _bestRank.Count(rank => rank < k) / (double)_items;
        }

        return new EvaluationResult(_viewers, metrics, perViewer);
    }

    private void LowerBestRank(int item, int rank)
    {
        ref var best = ref _bestRank[item];
        for (var seen = Volatile.Read(ref best); rank < seen;)
        {
            var before = Interlocked.CompareExchange(ref best, rank, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}
