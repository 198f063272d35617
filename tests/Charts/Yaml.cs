using YamlDotNet.RepresentationModel;

namespace Recommender.Tests.Charts;

/// <summary>Reading YAML trees by path.</summary>
internal static class Yaml
{
    /// <summary>Every document that is not empty.</summary>
    public static IReadOnlyList<YamlNode> Documents(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(d => d.RootNode).Where(n => n is not YamlScalarNode { Value: null or "" })];
    }

    /// <summary>The node at a path of keys, or null.</summary>
    public static YamlNode? At(this YamlNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            if (node is not YamlMappingNode mapping || !mapping.Children.TryGetValue(key, out node)) return null;
        }
        return node;
    }

    /// <summary>The scalar at a path, or null.</summary>
    public static string? Text(this YamlNode? node, params ReadOnlySpan<string> path) => (node.At(path) as YamlScalarNode)?.Value;

    /// <summary>The whole number at a path; fails where there is none.</summary>
    public static int Number(this YamlNode? node, params ReadOnlySpan<string> path) =>
        int.Parse(node.Text(path) ?? throw new InvalidOperationException("There is no number."), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The items of the list at a path; none where it is absent.</summary>
    public static IEnumerable<YamlNode> Items(this YamlNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is YamlSequenceNode list ? list.Children : [];

    /// <summary>Keys and scalar values of the mapping at a path; none where it is absent.</summary>
    public static Dictionary<string, string> Map(this YamlNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is YamlMappingNode mapping
            ? mapping.Children.ToDictionary(c => ((YamlScalarNode)c.Key).Value!, c => (c.Value as YamlScalarNode)?.Value ?? "")
            : [];
}
