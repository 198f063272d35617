using Recommender.Hosting.Artifacts;

namespace Recommender.Training.Registry;

/// <summary>Names by which two versions are known besides their own, as MLflow's registry has them.</summary>
internal static class ModelAliases
{
    /// <summary>What is live.</summary>
    public const string Champion = "champion";

    /// <summary>The newest version, when it was made after the live one.</summary>
    public const string Challenger = "challenger";

    /// <summary>The version of each alias; without those that name none.</summary>
    /// <param name="newestFirst">Every version.</param>
    /// <param name="live">The live version; may be empty, or deleted.</param>
    public static IReadOnlyDictionary<string, string> Of(IReadOnlyList<ModelManifest> newestFirst, string live)
    {
        var aliases = new Dictionary<string, string>(StringComparer.Ordinal);
        if (newestFirst.Any(m => m.Version == live)) aliases[Champion] = live;
        if (newestFirst is [var newest, ..] && newest.Version != live) aliases[Challenger] = newest.Version;
        return aliases;
    }
}
