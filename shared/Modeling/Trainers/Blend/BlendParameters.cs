using Recommender.Modeling.Trainers.Validation;

namespace Recommender.Modeling.Trainers.Blend;

/// <summary>Parameters of <see cref="BlendTrainer"/>.</summary>
internal sealed record BlendParameters
{
    private static readonly ParameterSchema<BlendParameters> Schema = new ParameterSchema<BlendParameters>(BlendTrainer.TrainerName)
        .Text("parts", "names of trainers, separated by commas; a parameter of a part is set as PART.KEY", "what is blended", IsPartList, p => p.Parts, (p, v) => p with { Parts = v })
        .Text("metric", ValidationMetric.Allowed, "what the weights are learned for", text => ValidationMetric.TryParse(text, out _), p => p.Metric, (p, v) => p with { Metric = v })
        .Integer("threads", 0, 1024, "threads at most; 0: one per processor; never changes the result", p => p.Threads, (p, v) => p with { Threads = v });

    public string Parts { get; init; } = "item_knn,graph_filter,ials";

    public string Metric { get; init; } = "ndcg@20";

    public int Threads { get; init; }

    /// <summary>By part, its parameters.</summary>
    public IReadOnlyDictionary<string, ITrainer> Trainers { get; init; } = new Dictionary<string, ITrainer>();

    public IReadOnlyList<string> PartNames => Parts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public ValidationMetric ValidationMetric => ValidationMetric.TryParse(Metric, out var metric) ? metric : throw new InvalidOperationException(Metric);

    /// <summary>Reads key=value settings over the defaults; <c>PART.KEY</c> goes to the part.</summary>
    /// <exception cref="ParameterException">An unknown key, or a value out of range.</exception>
    public static BlendParameters Parse(IReadOnlyDictionary<string, string> settings)
    {
        var parameters = Schema.Parse(settings.Where(s => !s.Key.Contains('.', StringComparison.Ordinal)).ToDictionary(s => s.Key, s => s.Value));
        var parts = parameters.PartNames.ToDictionary(name => name, _ => new Dictionary<string, string>());
        foreach (var (key, value) in settings.Where(s => s.Key.Contains('.', StringComparison.Ordinal)))
        {
            var dot = key.IndexOf('.', StringComparison.Ordinal);
            if (!parts.TryGetValue(key[..dot], out var part))
                throw new ParameterException($"The parameter '{key}' is of no part of the blend; the parts are {string.Join(", ", parameters.PartNames)}.");
            part[key[(dot + 1)..]] = value;
        }

        return parameters with { Trainers = parts.ToDictionary(p => p.Key, p => TrainerRegistry.Create(p.Key, p.Value)) };
    }

    public static IReadOnlyList<ParameterDescription> Describe() => Schema.Describe();

    public Dictionary<string, string> ToSettings()
    {
        var settings = new Dictionary<string, string>(Schema.ToSettings(this));
        foreach (var (name, trainer) in Trainers)
        {
            foreach (var (key, value) in trainer.Parameters) settings[$"{name}.{key}"] = value;
        }

        return settings;
    }

    private static bool IsPartList(string text)
    {
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Length > 0 && names.Distinct().Count() == names.Length
            && names.All(name => name != BlendTrainer.TrainerName && TrainerRegistry.Names.Contains(name));
    }
}
