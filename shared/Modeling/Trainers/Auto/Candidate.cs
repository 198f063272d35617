namespace Recommender.Modeling.Trainers.Auto;

/// <summary>A trainer with parameters.</summary>
internal sealed class Candidate(string trainer, params (string Key, string Value)[] settings)
{
    public string Trainer { get; } = trainer;

    /// <summary>Those that differ from the defaults, by key.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; } =
        new SortedDictionary<string, string>(settings.ToDictionary(s => s.Key, s => s.Value), StringComparer.Ordinal);

    /// <summary>Equal for equal candidates.</summary>
    public string Key => $"{Trainer} {string.Join(' ', Settings.Select(s => $"{s.Key}={s.Value}"))}";

    public ITrainer Create(int threads)
    {
        var all = new Dictionary<string, string>(Settings);
        if (TrainerRegistry.Describe(Trainer).Any(p => p.Key == "threads")) all["threads"] = threads.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return TrainerRegistry.Create(Trainer, all);
    }
}
