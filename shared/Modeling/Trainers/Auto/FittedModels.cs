namespace Recommender.Modeling.Trainers.Auto;

/// <summary>
/// Models of trials, so that those which are blended need not be trained a second time for the weights. They are let go where memory is scarce; training
/// gives them again, bit for bit.
/// </summary>
internal sealed class FittedModels
{
    // What the process may hold at most while it keeps models that it can do without.
    private const double ShareOfMemory = 0.25;

    private readonly Dictionary<string, IScoringModel> _models = [];

    /// <summary>Takes a model in.</summary>
    public void Add(string key, IScoringModel model)
    {
        if (Environment.WorkingSet > ShareOfMemory * MemoryNeed.Available) _models.Clear();
        else _models[key] = model;
    }

    /// <summary>The model of that key, or null.</summary>
    public IScoringModel? Find(string key) => _models.GetValueOrDefault(key);

    /// <summary>Lets all go but those of these keys.</summary>
    public void Keep(IEnumerable<string> keys)
    {
        var kept = keys.ToHashSet(StringComparer.Ordinal);
        foreach (var key in _models.Keys)
            if (!kept.Contains(key)) _models.Remove(key);
    }
}
