using System.Collections.Concurrent;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Charts;

/// <summary>Renders the chart as <c>helm install rec</c> into the namespace <c>media</c> would.</summary>
internal static class Helm
{
    public const string Release = "rec";
    public const string Namespace = "media";
    private static readonly ConcurrentDictionary<string, Task<string>> s_rendered = new();

    /// <summary>The manifests for one of the chart's own value files, rendered once.</summary>
    public static async Task<IReadOnlyList<Manifest>> ManifestsAsync(string valueFile) => Manifest.ReadAll(await TextAsync(ChartTools.Helm, valueFile));

    /// <summary>The text for one of the chart's own value files, rendered once for each helm.</summary>
    public static Task<string> TextAsync(string helm, string valueFile) => s_rendered.GetOrAdd(helm + valueFile, async _ =>
    {
        var (code, output, errors) = await RunAsync(helm, "template", Release, Repository.Chart, "--namespace", Namespace, "--values", Path.Combine(Repository.Chart, "ci", valueFile));
        Assert.True(code == 0, errors);
        return output;
    });

    /// <summary>The manifests for values given as YAML.</summary>
    public static async Task<IReadOnlyList<Manifest>> ManifestsOfAsync(string values)
    {
        var (code, output, errors) = await TemplateAsync(ChartTools.Helm, values);
        Assert.True(code == 0, errors);
        return Manifest.ReadAll(output);
    }

    /// <summary>What helm says of values that it must refuse.</summary>
    public static async Task<string> RefusalAsync(string helm, string values)
    {
        var (code, _, errors) = await TemplateAsync(helm, values);
        Assert.True(code != 0, "helm took these values: " + values);
        return errors;
    }

    /// <summary>Runs helm.</summary>
    public static Task<(int Code, string Output, string Errors)> RunAsync(string helm, params string[] arguments) => Tool.RunAsync(helm, arguments);

    private static Task<(int Code, string Output, string Errors)> TemplateAsync(string helm, string values) =>
        Tool.RunAsync(helm, ["template", Release, Repository.Chart, "--namespace", Namespace, "--values", "-"], values);
}
