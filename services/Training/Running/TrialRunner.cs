using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Trainers;
using Recommender.Training.Dataset;
using Recommender.Training.Split;

namespace Recommender.Training.Running;

/// <summary>Trains recipes, with progress pass by pass.</summary>
internal sealed class TrialRunner(TrainingOptions options, TimeProvider time)
{
    /// <summary>Trains a recipe on the older events of a split and judges it by the held-out ones.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="events">All events.</param>
    /// <param name="split">What is held out.</param>
    /// <param name="progress">Told the share of the work done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public Trial Try(Recipe recipe, EventDataset events, EvaluationSplit split, Action<double> progress, CancellationToken cancellationToken)
    {
        var data = split.TrainingData(events, recipe.Weights, cancellationToken);
        var (model, epochSeconds) = Train(recipe, data, share => progress(share * 0.9), cancellationToken);
        var result = Evaluator.Evaluate(model, split.Relevant, [split.Seen], threads: options.Threads, cancellationToken: cancellationToken);
        progress(1);
        return new Trial(recipe, result, epochSeconds);
    }

    /// <summary>Trains a recipe.</summary>
    /// <returns>The model and the mean seconds per pass.</returns>
    public (IScoringModel Model, double EpochSeconds) Train(Recipe recipe, TrainingData data, Action<double> progress, CancellationToken cancellationToken)
    {
        var (start, seconds, passes) = (time.GetTimestamp(), 0.0, 0);
        var model = TrainerRegistry.Create(recipe.Trainer, recipe.Parameters).Train(data, Told, cancellationToken);
        return (model, passes == 0 ? 0 : seconds / passes);

        void Told(TrainingProgress p)
        {
            if (p.Iteration == 0) start = time.GetTimestamp();
            else (seconds, passes) = (time.GetElapsedTime(start).TotalSeconds, p.Iteration);
            progress(p.Iterations == 0 ? 1 : (double)p.Iteration / p.Iterations);
        }
    }
}
