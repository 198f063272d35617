using Recommender.Contracts;

namespace Recommender.Standalone.Inspect;

/// <summary>Names of topics as people type them.</summary>
internal static class TopicNames
{
    /// <summary>The full name of a short one (<c>view</c> is <c>recommender.view.v1</c>); any other name is itself.</summary>
    public static string Resolve(string name)
    {
        var full = $"recommender.{name}.v1";
        return Topics.All.Contains(full, StringComparer.Ordinal) ? full : name;
    }
}
