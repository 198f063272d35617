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
        if (viewers > 0) _relevant = split.Sample(viewers);
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
