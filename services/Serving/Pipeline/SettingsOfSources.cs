using Recommender.Hosting.Configuration;

namespace Recommender.Serving.Pipeline;

/// <summary>Checks that settings name sources that exist.</summary>
internal static class SettingsOfSources
{
    /// <summary>Refuses settings of a source that there is not.</summary>
    /// <exception cref="OptionsException">There is no source of a name.</exception>
    public static void Check(ServingOptions options, RecommendationPipeline pipeline)
    {
        string[] known = [.. pipeline.SourceNames];
        foreach (var name in options.Sources.Keys)
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw new OptionsException($"{ServingOptions.Section}:Sources:{name} is no source; sources are {string.Join(", ", known)}.");
    }
}
