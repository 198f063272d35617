using System.Globalization;
using Recommender.Modeling.Trainers.Validation;

namespace Recommender.Modeling.Trainers.Auto;

/// <summary>Runs trials, or takes them from the journal; knows what was tried and what is left of the budget.</summary>
internal sealed class TrialRunner(
    HoldOutSplit split, AutoParameters parameters, IReadOnlyList<TrialRecord> earlier, ITrialJournal journal, TimeProvider time, Action<TrialRecord> tried)
{
    // A trial judges by so many viewers at most, spread evenly: more would tell candidates apart no better, and take long on large catalogs.
    private const int MostJudged = 8000;

    // A trial that takes this much of the budget, and more than some seconds, is given up.
    private const double ShareOfOneTrial = 0.5;
    private static readonly TimeSpan LeastLimit = TimeSpan.FromSeconds(5);

    // What the trials leave at least of the time, if training the best again needs as much.
    private const double ShareOfTraining = 0.4;

    // A first look at a trainer, which may take long, begins no later than this.
    private const double ShareOfFirstLooks = 0.5;

    private readonly Dictionary<(string, double), double> _known = [];
    private readonly Dictionary<double, HoldOutSplit> _parts = [];
    private readonly Dictionary<string, (Candidate Candidate, double Share, double Value)> _best = [];
    // By trainer, seconds that trials took, and the shares of the viewers they had, added up.
    private readonly Dictionary<string, (double Spent, double Shares)> _seconds = [];

    /// <summary>Trials so far.</summary>
    public int Count { get; private set; }

    /// <summary>The best candidate of each trainer on the largest share it was tried on, best first; those with a smaller share last.</summary>
    public IReadOnlyList<(Candidate Candidate, double Share, double Value)> Best =>
        [.. _best.Values.OrderByDescending(b => b.Share).ThenByDescending(b => b.Value).ThenBy(b => b.Candidate.Trainer, StringComparer.Ordinal)];

    private bool CountsTrials => parameters.Trials > 0;

    private bool HasClock => !CountsTrials && parameters.BudgetSeconds > 0;

    private double Spent => _seconds.Values.Sum(s => s.Spent);

    /// <summary>
    /// Whether a trial may begin: there is time for it, by what the trainer took before, and for training the best again afterwards. By recorded
    /// seconds, so that a search that goes on decides as it did.
    /// </summary>
    public bool MayTry(Candidate candidate, double share)
    {
        if (CountsTrials) return Count < parameters.Trials;
        if (!HasClock) return true;
        if (!_seconds.ContainsKey(candidate.Trainer)) return Spent <= ShareOfFirstLooks * parameters.BudgetSeconds;
        var left = parameters.BudgetSeconds - Spent - Expected(candidate.Trainer, share);
        return left >= Math.Min(TimeFor(Finalists(left)), ShareOfTraining * parameters.BudgetSeconds);
    }

    /// <summary>Seconds that trials of a trainer have taken; as many as trials where those are counted.</summary>
    public double SpentOn(string trainer) => CountsTrials ? 0 : _seconds.GetValueOrDefault(trainer).Spent;

    /// <summary>Seconds that a trial of a trainer takes on a share of the viewers, by what was seen; 0 where trials are counted.</summary>
    public double Expected(string trainer, double share) =>
        !CountsTrials && _seconds.TryGetValue(trainer, out var seconds) ? seconds.Spent / seconds.Shares * share : 0;

    /// <summary>
    /// The best of each trainer, as many as may be blended and there is time to train twice: once for the weights, once on everything. Always the best one.
    /// Those that are not half as good as it are left out.
    /// </summary>
    public IReadOnlyList<Candidate> Finalists() => Finalists(HasClock ? parameters.BudgetSeconds - Spent : double.PositiveInfinity);

    private List<Candidate> Finalists(double seconds)
    {
        var best = Best;
        var chosen = new List<Candidate>();
        foreach (var (candidate, _, value) in best)
        {
            if (chosen.Count == parameters.BlendParts) break;
            if (chosen.Count > 0 && (value < best[0].Value / 2 || TimeFor([.. chosen, candidate]) > seconds)) continue;
            chosen.Add(candidate);
        }

        return chosen;
    }

    // One alone needs no weights.
    private double TimeFor(List<Candidate> finalists) => finalists.Sum(c => Expected(c.Trainer, 1)) * (finalists.Count > 1 ? 2 : 1);

    /// <summary>The metric of a candidate on a share of the viewers; below zero when it cannot be trained.</summary>
    public double Try(Candidate candidate, int rung, double share, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((candidate.Key, share), out var known)) return known;
        var trial = Count < earlier.Count ? Earlier(candidate, share) : Run(candidate, rung, share, cancellationToken);
        Count++;
        var seconds = _seconds.GetValueOrDefault(candidate.Trainer);
        _seconds[candidate.Trainer] = (seconds.Spent + trial.Seconds, seconds.Shares + share);
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
        if (!_parts.TryGetValue(share, out var part)) _parts[share] = part = split.Part(share).JudgedBy(MostJudged);
        var start = time.GetTimestamp();
        var (value, error) = (-1.0, (string?)null);
        var limit = HasClock ? TimeSpan.FromSeconds(Math.Max(LeastLimit.TotalSeconds, ShareOfOneTrial * parameters.BudgetSeconds)) : Timeout.InfiniteTimeSpan;
        using var tooLong = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, cancellationToken);
        try
        {
            var model = candidate.Create(parameters.Threads).Train(part.Fit, progress: null, either.Token);
            value = part.Judge(model, parameters.ValidationMetric, parameters.Threads, either.Token);
        }
        catch (OperationCanceledException) when (tooLong.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            error = string.Create(CultureInfo.InvariantCulture, $"It was given up after {limit.TotalSeconds:0} s, a share of the budget that no trial may take.");
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
