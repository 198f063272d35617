using System.Globalization;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers.Blend;
using Recommender.Modeling.Trainers.Validation;

namespace Recommender.Modeling.Trainers.Auto;

/// <summary>
/// Searches trainers and parameters on the validation interactions, or on a slice that is held out, blends the best of the best trainers
/// where that is better, and trains the result on everything. With a bound on trials the result is the same every time, also after an interruption; with
/// one on seconds it depends on the machine, but goes on from the journal as well.
/// </summary>
/// <param name="settings">Key=value settings.</param>
/// <param name="journal">Keeps the trials.</param>
/// <param name="time">Measures them.</param>
/// <param name="tried">Receives each trial as it ends, those from the journal too.</param>
public sealed class AutoTrainer(IReadOnlyDictionary<string, string> settings, ITrialJournal journal, TimeProvider time, Action<TrialRecord> tried) : ITrainer
{
    /// <summary>The name on the command line.</summary>
    public const string TrainerName = "auto";

    private readonly AutoParameters _parameters = AutoParameters.Parse(settings);

    /// <inheritdoc/>
    public string Name => TrainerName;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Parameters => AutoParameters.Schema.ToSettings(_parameters);

    /// <summary>All keys with their defaults, ranges and meaning.</summary>
    public static IReadOnlyList<ParameterDescription> Describe() => AutoParameters.Schema.Describe();

    /// <inheritdoc/>
    public IScoringModel Train(TrainingData data, Action<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.Check();
        cancellationToken.ThrowIfCancellationRequested();
        var split = HoldOutSplit.Of(data);
        var runner = new TrialRunner(split, _parameters, journal.Open(Fingerprint(data)), journal, time, tried);
        new SuccessiveHalving(new SearchSpace(split.Fit, _parameters), runner, split.Fit.Interactions.Count, _parameters.Seed).Run(cancellationToken);
        if (runner.Best.Count == 0) throw new TrainingDataException("No trainer could be trained on this data; the trials say why.");
        Candidate[] finalists = [.. runner.Finalists()];
        var learned = finalists.Length > 1 ? Weigh(split, finalists, runner.Fitted, cancellationToken) : new BlendWeights([1], runner.Best[0].Value, [runner.Best[0].Value]);
        runner.Fitted.Keep([]);
        return Refit(data, finalists, learned, runner.Count, cancellationToken);
    }

    private BlendWeights Weigh(HoldOutSplit split, Candidate[] finalists, FittedModels models, CancellationToken cancellationToken)
    {
        var fitted = finalists.Select(c => (IViewerScorer)(models.Find(c.Key) ?? c.Create(_parameters.Threads).Train(split.Fit, progress: null, cancellationToken))).ToArray();
        return BlendWeights.Learn(CandidateScores.Of(fitted, split, _parameters.ValidationMetric, _parameters.Threads, cancellationToken), finalists.Length);
    }

    private IScoringModel Refit(TrainingData data, Candidate[] finalists, BlendWeights learned, int trials, CancellationToken cancellationToken)
    {
        var all = _parameters.Refit == AutoRefit.All && data.Validation is { } validation ? data with { Interactions = Together(data.Interactions, validation) } : data;
        var report = new Dictionary<string, string>(Parameters)
        {
            ["tried"] = trials.ToString(CultureInfo.InvariantCulture),
            ["validation"] = learned.Value.ToString("0.00000", CultureInfo.InvariantCulture),
        };
        var parts = new List<(IScoringModel, float)>();
        for (var p = 0; p < finalists.Length; p++)
        {
            if (learned.Weights[p] == 0) continue;
            var model = finalists[p].Create(_parameters.Threads).Train(all, progress: null, cancellationToken);
            parts.Add((model, (float)learned.Weights[p]));
            report[$"{model.Trainer}.weight"] = learned.Weights[p].ToString(CultureInfo.InvariantCulture);
            report[$"{model.Trainer}.validation"] = learned.PartValues[p].ToString("0.00000", CultureInfo.InvariantCulture);
            foreach (var (key, value) in finalists[p].Settings) report[$"{model.Trainer}.{key}"] = value;
        }

        // The winner alone keeps its factors.
        return _parameters.BlendParts == 1 ? parts[0].Item1 : new BlendModel(report, parts);
    }

    private static InteractionMatrix Together(InteractionMatrix train, InteractionMatrix validation)
    {
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Max, train.TimeKind);
        builder.AddAll(train);
        builder.AddAll(validation);
        return builder.Build(train.RowCount, train.ColumnCount);
    }

    // Whatever would change the course of the search.
    private string Fingerprint(TrainingData data)
    {
        var hash = 14695981039346656037UL;
        void Mix(ulong value) => hash = (hash ^ value) * 1099511628211UL;
        foreach (var matrix in new[] { data.Interactions, data.Negatives, data.Validation })
        {
            if (matrix is null) continue;
            Mix((ulong)matrix.RowCount);
            Mix((ulong)matrix.ColumnCount);
            for (var row = 0; row < matrix.RowCount; row++)
            {
                Mix((ulong)row);
                foreach (var column in matrix.RowColumns(row)) Mix((ulong)column);
                foreach (var time in matrix.RowTimes(row)) Mix(time);
                foreach (var value in matrix.RowValues(row)) Mix(BitConverter.SingleToUInt32Bits(value));
            }
        }

        foreach (var (key, value) in Parameters.Where(p => p.Key is not ("threads" or "trials" or "budget_seconds")).OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            foreach (var letter in $"{key}={value};") Mix(letter);
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
