using System.Globalization;
using Recommender.Modeling.Trainers.Validation;

namespace Recommender.Modeling.Trainers.Auto;

/// <summary>Runs trials, or takes them from the journal; knows what was tried and what is left of the budget.</summary>
internal sealed class TrialRunner(
    HoldOutSplit split, AutoParameters parameters, IReadOnlyList<TrialRecord> earlier, ITrialJournal journal, TimeProvider time, Action<TrialRecord> tried)
{
    // A trial judges by so many viewers at most, spread evenly: more would tell candidates apart no better, and take long on large catalogs.
    private const int MostJudged = 8000;

    // No trial is given up sooner.
    private static readonly TimeSpan LeastLimit = TimeSpan.FromSeconds(5);

    // What the trials leave at least of the time, if training the best again needs as much.
    private const double ShareOfTraining = 0.4;

    // A first look at a trainer, which may take long, begins no later than this.
    private const double ShareOfFirstLooks = 0.5;

    // Another look at a trainer that takes this much of the budget is not worth it when the first was this far behind.
    private const double ShareOfSlowTrial = 0.1;
    private const double ShareOfBestIfSlow = 0.9;

    private readonly Dictionary<(string, double), double> _known = [];
    private readonly Dictionary<double, HoldOutSplit> _parts = [];
    private readonly Dictionary<string, (Candidate Candidate, double Value)> _best = [];
    private readonly TrialTimes _times = new();

    /// <summary>Trials so far.</summary>
    public int Count { get; private set; }

    /// <summary>Trials that may follow; null where they are not counted.</summary>
    public int? Left => CountsTrials ? parameters.Trials - Count : null;

    /// <summary>The best candidate of each trainer that was tried on all viewers, best first.</summary>
    public IReadOnlyList<(Candidate Candidate, double Value)> Best =>
        [.. _best.Values.OrderByDescending(b => b.Value).ThenBy(b => b.Candidate.Trainer, StringComparer.Ordinal)];

    /// <summary>The models of the best that are still at hand, by the key of their candidate, trained on the split.</summary>
    public FittedModels Fitted { get; } = new();

    private bool CountsTrials => parameters.Trials > 0;

    private bool HasClock => !CountsTrials && parameters.BudgetSeconds > 0;

    private double TimeLeft => parameters.BudgetSeconds - _times.Spent;

    /// <summary>
    /// Whether a trial may begin: there is time for it, by what the trainer took before, and for training the best again afterwards. By recorded
    /// seconds, so that a search that goes on decides as it did.
    /// </summary>
    public bool MayTry(Candidate candidate, double share)
    {
        if (CountsTrials) return Count < parameters.Trials;
        if (!HasClock) return true;
        if (!_times.Knows(candidate.Trainer)) return _times.Spent <= ShareOfFirstLooks * parameters.BudgetSeconds;
        var expected = Expected(candidate.Trainer, share);
        if (expected > ShareOfSlowTrial * parameters.BudgetSeconds && IsBehind(candidate.Trainer)) return false;
        return HasTimeFor(expected);
    }

    /// <summary>Whether so many seconds may be spent on trials, and what may be blended can be trained after them.</summary>
    public bool HasTimeFor(double seconds) =>
        !HasClock || TimeLeft - seconds >= Math.Min(TimeFor(Finalists(double.PositiveInfinity)), ShareOfTraining * parameters.BudgetSeconds);

    /// <summary>Seconds that trials of a trainer have taken; as many as trials where those are counted.</summary>
    public double SpentOn(string trainer) => CountsTrials ? 0 : _times.SpentOn(trainer);

    /// <summary>Seconds that a trial of a trainer takes on a share of the viewers, by what was seen; 0 where trials are counted.</summary>
    public double Expected(string trainer, double share) => CountsTrials ? 0 : _times.Expected(trainer, share);

    /// <summary>
    /// The best of each trainer, as many as may be blended and there is time to train again on everything. Always the best one. Those that are not half
    /// as good as it are left out.
    /// </summary>
    public IReadOnlyList<Candidate> Finalists() => Finalists(HasClock ? TimeLeft : double.PositiveInfinity);

    /// <summary>Whether a trial was made already, which costs nothing to try again.</summary>
    public bool IsKnown(Candidate candidate, double share) => _known.ContainsKey((candidate.Key, share));

    /// <summary>The metric of a candidate on a share of the viewers; below zero when it cannot be trained.</summary>
    public double Try(Candidate candidate, int rung, double share, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((candidate.Key, share), out var known)) return known;
        var trial = Count < earlier.Count ? Earlier(candidate, share) : Run(candidate, rung, share, cancellationToken);
        Count++;
        _times.Add(candidate.Trainer, share, trial.Seconds);
        _known[(candidate.Key, share)] = trial.Value;
        if (share >= 1 && trial.Value >= 0 && (!_best.TryGetValue(candidate.Trainer, out var best) || trial.Value > best.Value))
            _best[candidate.Trainer] = (candidate, trial.Value);
        Fitted.Keep(Best.Take(parameters.BlendParts).Select(b => b.Candidate.Key));
        tried(trial);
        return trial.Value;
    }

    private bool IsBehind(string trainer) =>
        !_best.TryGetValue(trainer, out var own) || own.Value < ShareOfBestIfSlow * _best.Values.Max(b => b.Value);

    private List<Candidate> Finalists(double seconds)
    {
        var best = Best;
        var chosen = new List<Candidate>();
        foreach (var (candidate, value) in best)
        {
            if (chosen.Count == parameters.BlendParts) break;
            if (chosen.Count > 0 && (value < best[0].Value / 2 || TimeFor([.. chosen, candidate]) > seconds)) continue;
            chosen.Add(candidate);
        }

        return chosen;
    }

    // The weights of a blend are learned from the models of the trials.
    private double TimeFor(List<Candidate> finalists) => finalists.Sum(c => Expected(c.Trainer, 1));

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
        var limit = LimitOf(candidate.Trainer);
        using var tooLong = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, cancellationToken);
        try
        {
            var model = candidate.Create(parameters.Threads).Train(part.Fit, progress: null, either.Token);
            value = part.Judge(model, parameters.ValidationMetric, parameters.Threads, either.Token);
            if (share >= 1) Fitted.Add(candidate.Key, model);
        }
        catch (OperationCanceledException) when (tooLong.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            error = string.Create(CultureInfo.InvariantCulture, $"It was given up after {limit.TotalSeconds:0} s, more of the budget than a trial may take.");
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

    // Whatever a trial takes, there is time left for training the best one so far.
    private TimeSpan LimitOf(string trainer)
    {
        if (!HasClock) return Timeout.InfiniteTimeSpan;
        var left = TimeLeft - (_best.Count > 0 ? TimeFor([Best[0].Candidate]) : 0);
        return TimeSpan.FromSeconds(Math.Max(LeastLimit.TotalSeconds, Math.Min(SearchSpace.PatienceWith(trainer) * parameters.BudgetSeconds, left)));
    }
}
