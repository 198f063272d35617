using System.Globalization;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Errors;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Weights;
using Recommender.Training.Judging;

namespace Recommender.Training.Running;

/// <summary>The wish for a run names a trainer or parameters that do not exist or are out of range.</summary>
/// <param name="violations">Each wrong field.</param>
internal sealed class RunPlanException(IReadOnlyList<FieldViolation> violations)
    : Exception(string.Join("; ", violations.Select(v => $"{v.Field}: {v.Description}")))
{
    /// <summary>Each wrong field of the request.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; } = violations;
}

/// <summary>Turns what a caller asked for into recipes: the caller's parameters over the configured ones over the trainer's defaults.</summary>
internal sealed class RunPlanner(TrainingOptions options)
{
    /// <summary>What the keys of weights begin with among the parameters of a run.</summary>
    public const string WeightPrefix = "weights.";

    /// <summary>The recipes to compare.</summary>
    /// <param name="trainer">Name of the trainer; empty: the configured candidates.</param>
    /// <param name="overrides">
    /// Parameters of the trainer (with several candidates each takes those that it knows), and weights as <c>weights.like</c>.
    /// </param>
    /// <exception cref="RunPlanException">An unknown trainer or key, or a value out of range.</exception>
    public IReadOnlyList<Recipe> Plan(string trainer, IReadOnlyDictionary<string, string> overrides)
    {
        if (trainer.Length > 0 && !TrainerRegistry.Names.Contains(trainer))
            throw new RunPlanException([new FieldViolation("trainer", $"is not known; the trainers are {string.Join(", ", TrainerRegistry.Names)}")]);
        var candidates = trainer.Length > 0 ? [trainer] : options.CandidateNames;
        var keys = candidates.ToDictionary(c => c, c => TrainerRegistry.Describe(c).Select(p => p.Key).ToHashSet(StringComparer.Ordinal));
        var wrong = overrides.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => Judge(o.Key, o.Value, keys)).OfType<FieldViolation>().ToArray();
        if (wrong.Length > 0) throw new RunPlanException(wrong);

        var weights = options.Weights.With(overrides.Where(o => IsWeight(o.Key)).ToDictionary(o => o.Key[WeightPrefix.Length..], o => o.Value));
        return [.. candidates.Select(c => Make(c, overrides.Where(o => keys[c].Contains(o.Key)), keys[c], weights))];
    }

    /// <summary>The recipe of a trainer with the configured parameters and the given weights.</summary>
    public Recipe Default(string trainer, InteractionWeights weights) =>
        Make(trainer, [], TrainerRegistry.Describe(trainer).Select(p => p.Key).ToHashSet(StringComparer.Ordinal), weights);

    /// <summary>The recipe of a model that was made before; null when this version of the code can't follow it.</summary>
    public static Recipe? Repeat(ModelManifest made)
    {
        try
        {
            var parameters = TrainerRegistry.Create(made.Trainer, made.RequestedParameters ?? made.Parameters).Parameters;
            return new Recipe(made.Trainer, parameters, new InteractionWeights().With(made.Weights));
        }
        catch (ParameterException)
        {
            return null;
        }
    }

    private Recipe Make(string trainer, IEnumerable<KeyValuePair<string, string>> overrides, HashSet<string> keys, InteractionWeights weights)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        if (options.Threads > 0 && keys.Contains(Recipe.ThreadsKey)) settings[Recipe.ThreadsKey] = options.Threads.ToString(CultureInfo.InvariantCulture);
        foreach (var (key, value) in options.ParametersOf(trainer)) settings[key] = value;
        foreach (var (key, value) in overrides) settings[key] = value;
        return new Recipe(trainer, TrainerRegistry.Create(trainer, settings).Parameters, weights);
    }

    private FieldViolation? Judge(string key, string value, Dictionary<string, HashSet<string>> keys)
    {
        var field = $"parameters[{key}]";
        var one = new Dictionary<string, string> { [IsWeight(key) ? key[WeightPrefix.Length..] : key] = value };
        try
        {
            if (IsWeight(key))
            {
                options.Weights.With(one);
                return null;
            }
            var takers = keys.Where(k => k.Value.Contains(key)).Select(k => k.Key).ToArray();
            foreach (var taker in takers) TrainerRegistry.Create(taker, one);
            var known = keys.Values.SelectMany(k => k).Distinct().Order(StringComparer.Ordinal).Concat(InteractionWeights.SettingKeys.Select(k => WeightPrefix + k));
            return takers.Length > 0 ? null : new FieldViolation(field, $"is not known; known are {string.Join(", ", known)}");
        }
        catch (ParameterException e)
        {
            return new FieldViolation(field, e.Message);
        }
    }

    private static bool IsWeight(string key) => key.StartsWith(WeightPrefix, StringComparison.Ordinal);
}
