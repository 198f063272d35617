using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Retrieval;
using Recommender.Training.Split;

namespace Recommender.Training.Judging;

/// <summary>Looks at each test viewer's list while a trial is evaluated. Safe for concurrent use with different viewers.</summary>
internal sealed class RankingAudit(EvaluationSplit split, TestSegments segments, int testViewers)
{
    /// <summary>Length of the lists that are looked at.</summary>
    public const int Length = 20;

    private static readonly string[] s_viewerMetrics = ["ndcg@20", "recall@20", "hit_rate@20"];
    private readonly double[] _popularity = new double[testViewers];
    private readonly double[] _tailRecall = new double[testViewers];
    private readonly double[] _headRecall = new double[testViewers];

    /// <summary>Takes a viewer's ranking.</summary>
    public void Add(int at, int viewer, ReadOnlySpan<ScoredItem> ranking)
    {
        var relevant = split.Relevant.RowColumns(viewer);
        var (tailHits, headHits, tail, popularity) = (0, 0, 0, 0.0);
        foreach (var video in relevant) tail += segments.IsTail(video) ? 1 : 0;
        ranking = ranking[..Math.Min(ranking.Length, Length)];
        foreach (var (video, _) in ranking)
        {
            popularity += segments.Popularity(video);
            if (relevant.BinarySearch(video) < 0) continue;
            if (segments.IsTail(video)) tailHits++;
            else headHits++;
        }
        _popularity[at] = ranking.IsEmpty ? double.NaN : popularity / ranking.Length;
        _tailRecall[at] = tail == 0 ? double.NaN : tailHits / (double)tail;
        _headRecall[at] = tail == relevant.Length ? double.NaN : headHits / (double)(relevant.Length - tail);
    }

    /// <summary>What all lists together look like.</summary>
    public TrialAudit Finish(EvaluationResult result, long bytes, double scoringMilliseconds)
    {
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, isNew) in new[] { ("new_viewers", true), ("active_viewers", false) })
        {
            var members = Enumerable.Range(0, result.Viewers.Count).Where(i => segments.IsNew(result.Viewers[i]) == isNew).ToArray();
            metrics[name] = members.Length;
            if (members.Length == 0) continue;
            foreach (var metric in s_viewerMetrics) metrics[$"{name}_{metric}"] = Mean(result.PerViewer(metric), members);
        }
        foreach (var (name, recall) in new[] { ("head_videos", _headRecall), ("tail_videos", _tailRecall) })
        {
            var known = recall.Where(r => !double.IsNaN(r)).ToArray();
            if (known.Length > 0) metrics[$"{name}_recall@20"] = known.Average();
        }
        var popularity = _popularity.Where(p => !double.IsNaN(p)).DefaultIfEmpty(0).Average();
        metrics["popularity_bias@20"] = popularity;
        return new TrialAudit(popularity, _tailRecall, metrics, bytes, scoringMilliseconds);
    }

    private static double Mean(ReadOnlySpan<double> values, int[] members)
    {
        var sum = 0.0;
        foreach (var i in members) sum += values[i];
        return sum / members.Length;
    }
}
