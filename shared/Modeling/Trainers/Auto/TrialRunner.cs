using Recommender.Modeling.Trainers.Validation;

namespace Recommender.Modeling.Trainers.Auto;

/// <summary>Runs trials, or takes them from the journal; knows what was tried and what is left of the budget.</summary>
internal sealed class TrialRunner(
    HoldOutSplit split, AutoParameters parameters, IReadOnlyList<TrialRecord> earlier, ITrialJournal journal, TimeProvider time, Action<TrialRecord> tried)
{
    // The rest of the time is for training the best again: once to blend them, once on everything.
    private const double ShareOfTrials = 0.6;

    private readonly Dictionary<(string, double), double> _known = [];
    private readonly Dictionary<double, HoldOutSplit> _parts = [];
    private readonly Dictionary<string, (Candidate Candidate, double Share, double Value)> _best = [];
    private double _seconds;

    /// <summary>Trials so far.</summary>
    public int Count { get; private set; }

    /// <summary>Whether another trial may begin. By recorded seconds, so that a search that goes on decides as it did.</summary>
    public bool HasBudget =>
        parameters.Trials > 0 ? Count < parameters.Trials : parameters.BudgetSeconds == 0 || _seconds < ShareOfTrials * parameters.BudgetSeconds;

    /// <summary>The best candidate of each trainer on the largest share it was tried on, best first; those with a smaller share last.</summary>
    public IReadOnlyList<(Candidate Candidate, double Share, double Value)> Best =>
        [.. _best.Values.OrderByDescending(b => b.Share).ThenByDescending(b => b.Value).ThenBy(b => b.Candidate.Trainer, StringComparer.Ordinal)];

    /// <summary>The metric of a candidate on a share of the viewers; below zero when it cannot be trained.</summary>
    public double Try(Candidate candidate, int rung, double share, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((candidate.Key, share), out var known)) return known;
        var trial = Count < earlier.Count ? Earlier(candidate, share) : Run(candidate, rung, share, cancellationToken);
        Count++;
        _seconds += trial.Seconds;
        _known[(candidate.Key, share)] = trial.Value;
        if (trial.Value >= 0 && (!_best.TryGetValue(candidate.Trainer, out var best) || share > best.Share || (share == best.Share && trial.Value > best.Value)))
            _best[candidate.Trainer] = (candidate, share, trial.Value);
        tried(trial);
        return trial.Value;
    }

    private TrialRecord Earlier(Candidate candidate, double share)
    {
        var trial = earlier[Count];
        if (trial.Trainer != candidate.Trainer || trial.Share != share || !trial.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).SequenceEqual(candidate.Settings))
            throw new TrainingDataException($"The kept trial {trial.Number} is of another search than this one.");
        return trial;
    }

    private TrialRecord Run(Candidate candidate, int rung, double share, CancellationToken cancellationToken)
    {
        if (!_parts.TryGetValue(share, out var part)) _parts[share] = part = split.Part(share);
        var start = time.GetTimestamp();
        var (value, error) = (-1.0, (string?)null);
        try
        {
            var model = candidate.Create(parameters.Threads).Train(part.Fit, progress: null, cancellationToken);
            value = part.Judge(model, parameters.ValidationMetric, parameters.Threads, cancellationToken);
        }
        catch (Exception e) when (e is ParameterException or TrainingDataException)
        {
            error = e.Message;
        }

        var trial = new TrialRecord(
            Count + 1, rung, share, candidate.Trainer, candidate.Settings, parameters.Metric, value, time.GetElapsedTime(start).TotalSeconds, error);
        journal.Add(trial);
        return trial;
    }
}
