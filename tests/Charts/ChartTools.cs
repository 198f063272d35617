using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Charts;

/// <summary>helm, kubectl and the strict schemas, which build/test sets up. Where they are not, tests are skipped with a sentence.</summary>
internal static class ChartTools
{
    private static readonly string s_folder =
        Environment.GetEnvironmentVariable("RECOMMENDER_TEST_CHART_TOOLS") ?? Repository.PathOf("build/.cache/charts");

    /// <summary>The folder that has <c>schemas.json</c> and <c>node_modules</c>.</summary>
    public static string Folder => Path.GetDirectoryName(Require("schemas.json"))!;

    /// <summary>helm 4.</summary>
    public static string Helm => Require("helm4");

    /// <summary>helm 3, which many still use.</summary>
    public static string OlderHelm => Require("helm3");

    /// <summary>kubectl, for <c>kubectl kustomize</c>.</summary>
    public static string Kubectl => Require("kubectl");

    /// <summary>promtool, for rules.</summary>
    public static string Promtool => Tool.Require("promtool", "prometheus");

    /// <summary>node, which the schemas are checked by.</summary>
    public static string Node => Tool.Require("node", "nodejs");

    private static string Require(string name)
    {
        var path = Path.Combine(s_folder, name);
        Assert.SkipUnless(File.Exists(path), $"{name} is not in {s_folder}; build/test Charts puts it there (on x86-64).");
        return path;
    }
}
