using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Recommender.Tests.Charts.Values;

/// <summary>The table of values in the chart's README, made from the comments in values.yaml that begin with "# --".</summary>
internal static partial class ValuesTable
{
    private const string Begin = "<!-- values: begin -->\n";
    private const string End = "<!-- values: end -->\n";

    /// <summary>Values with their comments, in the order of the file.</summary>
    public static IReadOnlyList<(string Path, string Comment)> Comments()
    {
        var found = new List<(string, string)>();
        var path = new List<string>();
        var comment = "";
        foreach (var line in Repository.Read("helm/recommender/values.yaml").Split('\n'))
        {
            if (Comment().Match(line) is { Success: true } said)
            {
                comment = said.Groups["text"].Value;
            }
            else if (Key().Match(line) is { Success: true } key)
            {
                var depth = key.Groups["indent"].Length / 2;
                // Deeper than its parent is a value inside a list or mapping that has a comment as a whole.
                if (depth > path.Count) continue;
                path.RemoveRange(depth, path.Count - depth);
                path.Add(key.Groups["name"].Value);
                if (comment.Length > 0) found.Add((string.Join('.', path), comment));
                comment = "";
            }
        }
        return found;
    }

    /// <summary>The README with its table made anew.</summary>
    public static string Readme()
    {
        var text = Repository.Read("helm/recommender/README.md");
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        return text[..begin] + Table() + text[end..];
    }

    private static string Table()
    {
        var defaults = Yaml.Documents(Repository.Read("helm/recommender/values.yaml"))[0];
        var table = new StringBuilder("| value | default | meaning |\n|---|---|---|\n");
        foreach (var (path, comment) in Comments())
            table.Append("| `").Append(path).Append("` | ").Append(Short(defaults.At(path.Split('.')))).Append(" | ").Append(comment.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |\n");
        return table.ToString();
    }

    private static string Short(YamlNode? node) => node switch
    {
        YamlScalarNode { Value: { Length: > 0 } value } => $"`{value}`",
        YamlMappingNode { Children.Count: 0 } => "`{}`",
        YamlSequenceNode { Children.Count: 0 } => "`[]`",
        YamlMappingNode or YamlSequenceNode => $"`{Flow(node)}`",
        _ => "(empty)",
    };

    private static string Flow(YamlNode node) => node switch
    {
        YamlMappingNode map => "{" + string.Join(", ", map.Children.Select(c => $"{c.Key}: {Flow(c.Value)}")) + "}",
        YamlSequenceNode list => "[" + string.Join(", ", list.Children.Select(Flow)) + "]",
        _ => ((YamlScalarNode)node).Value ?? "",
    };

    [GeneratedRegex(@"^\s*# -- (?<text>.+)$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(?<indent> *)(?<name>[A-Za-z][A-Za-z0-9]*):( |$)")]
    private static partial Regex Key();
}
