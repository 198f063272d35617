using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Training.Split;

namespace Recommender.Training.Judging;

/// <summary>Measures a model in the making after each pass, on the same sample of test viewers.</summary>
internal sealed class LearningCurve
{
    private const int Cutoff = 20;
    private readonly InteractionMatrix? _relevant;
    private readonly EvaluationSplit _split;
    private readonly int _threads;
    private readonly List<CurvePoint> _points = [];

    /// <summary>Picks the viewers, evenly over all.</summary>
    /// <param name="split">What is held out.</param>
    /// <param name="viewers">Size of the sample; 0: nothing is measured.</param>
    /// <param name="threads">Threads of the measurement; 0: one per processor.</param>
    public LearningCurve(EvaluationSplit split, int viewers, int threads)
    {
        (_split, _threads) = (split, threads);
        if (viewers == 0) return;
        var all = Enumerable.Range(0, split.Relevant.RowCount).Where(v => split.Relevant.RowLength(v) > 0).ToArray();
        var sample = new InteractionMatrixBuilder(DuplicatePolicy.Last);
        var stride = Math.Max(1, (all.Length + viewers - 1) / viewers);
        for (var i = 0; i < all.Length; i += stride)
            foreach (var video in split.Relevant.RowColumns(all[i])) sample.Add(all[i], video);
        _relevant = sample.Build(split.Relevant.RowCount, split.Relevant.ColumnCount);
    }

    /// <summary>The points so far.</summary>
    public IReadOnlyList<CurvePoint> Points => _points;

    /// <summary>Takes a pass, unless the trainer shows no model.</summary>
    public void Add(TrainingProgress progress, double seconds, CancellationToken cancellationToken)
    {
        if (_relevant is null || progress.Current is null || progress.Iteration == 0) return;
        var result = Evaluator.Evaluate(progress.Current(), _relevant, [_split.Seen], [Cutoff], _threads, cancellationToken: cancellationToken);
        _points.Add(new CurvePoint(progress.Iteration, result.Metrics[Trial.Criterion], seconds));
    }
}
