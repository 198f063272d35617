using System.Globalization;
using Recommender.Modeling.Trainers.Validation;

namespace Recommender.Modeling.Trainers.Blend;

/// <summary>
/// A linear combination of other trainers' models. The weights are learned on the validation interactions, or on a slice that is held out of the
/// training data; the parts are then trained on all of it. Where no combination is better than the best part, it is that part alone.
/// </summary>
internal sealed class BlendTrainer(BlendParameters parameters) : ITrainer
{
    public const string TrainerName = "blend";

    public string Name => TrainerName;

    public IReadOnlyDictionary<string, string> Parameters => parameters.ToSettings();

    public IScoringModel Train(TrainingData data, Action<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.Check();
        var split = HoldOutSplit.Of(data);
        var names = parameters.PartNames;
        // Each part judges its own need; this is what it takes to compare them.
        MemoryNeed.Check(Name, CandidateScores.BytesOf(data.Interactions, names.Count, parameters.ValidationMetric, parameters.Threads), "blend fewer 'parts'");
        var (steps, step) = ((2 * names.Count) + 1, 0);
        progress?.Invoke(new TrainingProgress(0, steps));
        void Done() => progress?.Invoke(new TrainingProgress(++step, steps));

        var fitted = new List<IScoringModel>();
        foreach (var name in names)
        {
            fitted.Add(parameters.Trainers[name].Train(split.Fit, progress: null, cancellationToken));
            Done();
        }

        var candidates = CandidateScores.Of(fitted, split, parameters.ValidationMetric, parameters.Threads, cancellationToken);
        fitted.Clear();
        var learned = BlendWeights.Learn(candidates, names.Count);
        Done();
        return Assemble(names, learned, data, Done, cancellationToken);
    }

    private BlendModel Assemble(IReadOnlyList<string> names, BlendWeights learned, TrainingData data, Action done, CancellationToken cancellationToken)
    {
        var settings = parameters.ToSettings();
        var parts = new List<(IScoringModel, float)>();
        for (var p = 0; p < names.Count; p++)
        {
            settings[$"{names[p]}.weight"] = learned.Weights[p].ToString(CultureInfo.InvariantCulture);
            settings[$"{names[p]}.validation"] = learned.PartValues[p].ToString("0.00000", CultureInfo.InvariantCulture);
            if (learned.Weights[p] > 0) parts.Add((parameters.Trainers[names[p]].Train(data, progress: null, cancellationToken), (float)learned.Weights[p]));
            done();
        }

        settings["validation"] = learned.Value.ToString("0.00000", CultureInfo.InvariantCulture);
        return new BlendModel(settings, parts);
    }
}
