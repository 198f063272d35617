using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Charts.Schemas;

/// <summary>Judges manifests by schemas that know every field of a kind, and nothing else.</summary>
internal static class StrictSchemas
{
    /// <summary>What is wrong, a line each; nothing when all is right.</summary>
    public static async Task<IReadOnlyList<string>> ProblemsAsync(string manifests)
    {
        var here = Repository.PathOf("tests/Charts/Schemas");
        var (code, output, errors) = await Tool.RunAsync(
            ChartTools.Node, [Path.Combine(here, "validate.mjs"), ChartTools.Folder, Path.Combine(here, "strimzi.json")], manifests);
        Assert.True(code == 0, errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
