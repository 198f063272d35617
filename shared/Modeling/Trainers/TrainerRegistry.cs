using Recommender.Modeling.Trainers.Ials;
using Recommender.Modeling.Trainers.Popularity;

namespace Recommender.Modeling.Trainers;

/// <summary>All trainers by name.</summary>
public static class TrainerRegistry
{
    private static readonly SortedDictionary<string, Registration> Registered = new(StringComparer.Ordinal)
    {
        [IalsTrainer.TrainerName] = new(s => new IalsTrainer(IalsParameters.Parse(s)), IalsParameters.Describe),
        [PopularityTrainer.TrainerName] = new(s => new PopularityTrainer(PopularityParameters.Parse(s)), PopularityParameters.Describe),
    };

    /// <summary>The names, in alphabetical order.</summary>
    public static IReadOnlyCollection<string> Names => Registered.Keys;

    /// <summary>The trainer called <paramref name="name"/> with the given parameters over its defaults.</summary>
    /// <exception cref="ParameterException">No such trainer or parameter, or a value out of range.</exception>
    public static ITrainer Create(string name, IReadOnlyDictionary<string, string>? settings = null) =>
        Find(name).Create(settings ?? new Dictionary<string, string>());

    /// <summary>The parameters of the trainer called <paramref name="name"/>.</summary>
    /// <exception cref="ParameterException">No such trainer.</exception>
    public static IReadOnlyList<ParameterDescription> Describe(string name) => Find(name).Describe();

    private static Registration Find(string name) =>
        Registered.GetValueOrDefault(name) ?? throw new ParameterException($"There is no trainer '{name}'; the trainers are {string.Join(", ", Names)}.");

    private sealed record Registration(Func<IReadOnlyDictionary<string, string>, ITrainer> Create, Func<IReadOnlyList<ParameterDescription>> Describe);
}
