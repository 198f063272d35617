using System.Collections.Immutable;
using Recommender.Modeling.Trainers.Blend;
using Recommender.Modeling.Trainers.Bpr;
using Recommender.Modeling.Trainers.Ease;
using Recommender.Modeling.Trainers.GraphFilter;
using Recommender.Modeling.Trainers.Ials;
using Recommender.Modeling.Trainers.Neighbours;
using Recommender.Modeling.Trainers.Popularity;

namespace Recommender.Modeling.Trainers;

/// <summary>All trainers by name.</summary>
public static class TrainerRegistry
{
    private static ImmutableSortedDictionary<string, Registration> s_registered = new Dictionary<string, Registration>
    {
        [NeighbourTrainer.ItemKnnName] = Of(NeighbourTrainer.ItemKnn, p => new NeighbourTrainer(NeighbourTrainer.ItemKnnName, NeighbourTrainer.ItemKnn, p), servable: false),
        [NeighbourTrainer.TransitionsName] =
            Of(NeighbourTrainer.Transitions, p => new NeighbourTrainer(NeighbourTrainer.TransitionsName, NeighbourTrainer.Transitions, p), servable: false),
        [BlendTrainer.TrainerName] = new(s => new BlendTrainer(BlendParameters.Parse(s)), BlendParameters.Describe, IsServable: false),
        [BprTrainer.TrainerName] = Of(BprParameters.Schema, p => new BprTrainer(p), readsTimes: false),
        [EaseTrainer.TrainerName] = Of(EaseParameters.Schema, p => new EaseTrainer(p), servable: false),
        [GraphFilterTrainer.TrainerName] = Of(GraphFilterParameters.Schema, p => new GraphFilterTrainer(p), servable: false),
        [IalsTrainer.TrainerName] = new(s => new IalsTrainer(IalsParameters.Parse(s)), IalsParameters.Describe, ReadsTimes: false),
        [PopularityTrainer.TrainerName] = new(s => new PopularityTrainer(PopularityParameters.Parse(s)), PopularityParameters.Describe),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>The names, in alphabetical order.</summary>
    public static IReadOnlyCollection<string> Names => [.. s_registered.Keys];

    /// <summary>Adds a trainer that lives outside of this project; one of the same name is replaced. Safe for concurrent use.</summary>
    /// <param name="name">What it is called by.</param>
    /// <param name="create">Makes it with the given parameters over its defaults; a <see cref="ParameterException"/> where they are wrong.</param>
    /// <param name="describe">Its parameters.</param>
    /// <param name="readsTimes">See <see cref="ReadsTimes"/>.</param>
    public static void Register(
        string name, Func<IReadOnlyDictionary<string, string>, ITrainer> create, Func<IReadOnlyList<ParameterDescription>> describe, bool readsTimes = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(describe);
        ImmutableInterlocked.Update(ref s_registered, (registered, added) => registered.SetItem(name, added), new Registration(create, describe, ReadsTimes: readsTimes));
    }

    /// <summary>The trainer called <paramref name="name"/> with the given parameters over its defaults.</summary>
    /// <exception cref="ParameterException">No such trainer or parameter, or a value out of range.</exception>
    public static ITrainer Create(string name, IReadOnlyDictionary<string, string>? settings = null) =>
        Find(name).Create(settings ?? new Dictionary<string, string>());

    /// <summary>The parameters of the trainer called <paramref name="name"/>.</summary>
    /// <exception cref="ParameterException">No such trainer.</exception>
    public static IReadOnlyList<ParameterDescription> Describe(string name) => Find(name).Describe();

    /// <summary>Whether its models can answer viewers at once: by factors that new events fold into, or by popularity.</summary>
    /// <exception cref="ParameterException">No such trainer.</exception>
    public static bool IsServable(string name) => Find(name).IsServable;

    /// <summary>Whether it looks at the times of interactions; for one that does not, they need not be kept.</summary>
    /// <exception cref="ParameterException">No such trainer.</exception>
    public static bool ReadsTimes(string name) => Find(name).ReadsTimes;

    private static Registration Find(string name) =>
        s_registered.GetValueOrDefault(name) ?? throw new ParameterException($"There is no trainer '{name}'; the trainers are {string.Join(", ", Names)}.");

    private static Registration Of<T>(ParameterSchema<T> schema, Func<T, ITrainer> create, bool servable = true, bool readsTimes = true)
        where T : class, new() => new(s => create(schema.Parse(s)), schema.Describe, servable, readsTimes);

    private sealed record Registration(
        Func<IReadOnlyDictionary<string, string>, ITrainer> Create, Func<IReadOnlyList<ParameterDescription>> Describe, bool IsServable = true, bool ReadsTimes = true);
}
