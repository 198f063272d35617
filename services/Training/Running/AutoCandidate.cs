using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Auto;

namespace Recommender.Training.Running;

/// <summary>
/// The trainer <c>auto</c> of training runs: searches trainers whose models serving can use, and their parameters, on what the run trains on. By
/// trials, so that the same data give the same model. Its trials are not kept: a run that was interrupted begins anew.
/// </summary>
internal sealed class AutoCandidate(TimeProvider time) : ITrialJournal
{
    private static readonly Dictionary<string, string> s_defaults = new() { ["trainers"] = "ials,popularity", ["trials"] = "12", ["blend_parts"] = "1" };

    /// <summary>Makes it known by its name.</summary>
    public static void Register(TimeProvider time) =>
        TrainerRegistry.Register(AutoTrainer.TrainerName, settings => new AutoCandidate(time).Create(settings), Describe);

    /// <inheritdoc/>
    public IReadOnlyList<TrialRecord> Open(string fingerprint) => [];

    /// <inheritdoc/>
    public void Add(TrialRecord trial)
    {
    }

    private AutoTrainer Create(IReadOnlyDictionary<string, string> settings)
    {
        var all = new Dictionary<string, string>(s_defaults);
        foreach (var (key, value) in settings) all[key] = value;
        var trainer = new AutoTrainer(all, this, time, _ => { });
        var searched = trainer.Parameters["trainers"];
        if (searched == "all" || searched.Split(',', StringSplitOptions.TrimEntries).Any(name => !TrainerRegistry.IsServable(name)) || trainer.Parameters["blend_parts"] != "1")
            throw new ParameterException("The trainer 'auto' of a run takes one trainer whose models can be served: trainers=ials,bpr,popularity or some of them, and blend_parts=1.");
        return trainer;
    }

    private static ParameterDescription[] Describe() =>
        [.. AutoTrainer.Describe().Select(p => s_defaults.TryGetValue(p.Key, out var value) ? p with { Default = value } : p)];
}
