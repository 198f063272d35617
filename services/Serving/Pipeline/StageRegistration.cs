using System.Reflection;

namespace Recommender.Serving.Pipeline;

/// <summary>Finds the stages of an assembly.</summary>
internal static class StageRegistration
{
    private static readonly Type[] s_kinds =
        [typeof(IQueryHydrator), typeof(ICandidateSource), typeof(ICandidateHydrator), typeof(ICandidateFilter), typeof(IScorer), typeof(ISelector), typeof(ISideEffect)];

    /// <summary>Registers every class with a <see cref="StageAttribute"/>, by itself and as what it is, in order.</summary>
    /// <exception cref="InvalidOperationException">Two stages of one kind claim one place, or a class is no stage.</exception>
    public static IServiceCollection AddStages(this IServiceCollection services, Assembly assembly)
    {
        var stages = assembly.GetTypes()
            .Select(type => (Type: type, Stage: type.GetCustomAttribute<StageAttribute>()))
            .Where(found => found.Stage is not null)
            .Select(found => (found.Type, found.Stage!.Order, Kind: KindOf(found.Type)))
            .OrderBy(stage => stage.Order).ToList();
        if (stages.GroupBy(stage => (stage.Kind, stage.Order)).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new InvalidOperationException($"{string.Join(" and ", twice.Select(stage => stage.Type.Name))} are both number {twice.Key.Order} of {twice.Key.Kind.Name}.");
        foreach (var (type, _, kind) in stages)
        {
            services.AddSingleton(type);
            services.AddSingleton(kind, provider => provider.GetRequiredService(type));
        }
        return services;
    }

    private static Type KindOf(Type type) => Array.Find(s_kinds, kind => kind.IsAssignableFrom(type))
        ?? throw new InvalidOperationException($"{type.Name} is marked as a stage but implements none of {string.Join(", ", s_kinds.Select(kind => kind.Name))}.");
}
