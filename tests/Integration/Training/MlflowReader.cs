using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Recommender.Tests.Integration.Training;

/// <summary>
/// Reads a folder by the rules of MLflow's file store: what a name may be, which file says what, and which fields must be there. Written from
/// the behaviour of that store, so that what it would not show fails here.
/// </summary>
internal sealed partial class MlflowReader(string root)
{
    private static readonly string[] s_reserved = ["tags", "datasets", "traces"];

    public sealed record Run(
        string Id, string Name, long Status, long Started, long? Ended, string Artifacts, Dictionary<string, List<(long At, double Value, long Step)>> Metrics,
        Dictionary<string, string> Params, Dictionary<string, string> Tags, Dictionary<string, string> Dataset);

    public sealed record Version(long Number, string Source, string RunId, string Description, Dictionary<string, string> Tags);

    /// <summary>Name of the one experiment.</summary>
    public string Experiment()
    {
        Assert.True(Directory.Exists(Path.Combine(root, ".trash")));
        var folder = Assert.Single(Directory.GetDirectories(root), d => Path.GetFileName(d) is not (".trash" or "models"));
        var meta = Yaml(Path.Combine(folder, "meta.yaml"));
        Assert.Equal(Path.GetFileName(folder), Text(meta["experiment_id"]));
        Assert.Equal("active", Text(meta["lifecycle_stage"]));
        Assert.True(Number(meta["creation_time"]) > 0 && Number(meta["last_update_time"]) > 0);
        Assert.Equal(folder, new Uri(Text(meta["artifact_location"])).LocalPath);
        return Text(meta["name"]);
    }

    /// <summary>Runs by their ids.</summary>
    public Dictionary<string, Run> Runs() =>
        Directory.GetDirectories(Path.Combine(root, "1")).Where(d => !s_reserved.Contains(Path.GetFileName(d))).Select(ReadRun).ToDictionary(r => r.Id);

    /// <summary>Versions of the registered model by their numbers, and its aliases.</summary>
    public (Dictionary<long, Version> Versions, Dictionary<string, long> Aliases) Model(string name)
    {
        var folder = Path.Combine(root, "models", name);
        var meta = Yaml(Path.Combine(folder, "meta.yaml"));
        Assert.Equal(name, Text(meta["name"]));
        Assert.True(Number(meta["creation_timestamp"]) > 0 && Number(meta["last_updated_timestamp"]) > 0);
        var versions = Directory.GetDirectories(folder).Where(d => Path.GetFileName(d).StartsWith("version-", StringComparison.Ordinal)).Select(ReadVersion);
        var aliases = Files(folder, "aliases").ToDictionary(a => a.Name, a => long.Parse(a.Text, NumberStyles.None, CultureInfo.InvariantCulture));
        return (versions.ToDictionary(v => v.Number), aliases);
    }

    /// <summary>Top-level fields of a file; nested ones as <c>parent.child</c>.</summary>
    public static Dictionary<string, string> Yaml(string path)
    {
        var fields = new Dictionary<string, string>();
        var parents = new List<string>();
        foreach (var line in File.ReadAllLines(path))
        {
            var match = YamlLine().Match(line);
            Assert.True(match.Success, $"{path}: {line}");
            var depth = match.Groups["indent"].Length / 2;
            Assert.True(depth <= parents.Count, line);
            parents.RemoveRange(depth, parents.Count - depth);
            parents.Add(match.Groups["key"].Value);
            if (match.Groups["value"].Length > 0) fields.Add(string.Join('.', parents), match.Groups["value"].Value);
        }
        return fields;
    }

    /// <summary>A scalar in double quotes.</summary>
    public static string Text(string scalar) => JsonSerializer.Deserialize<string>(scalar)!;

    private static long Number(string scalar) => long.Parse(scalar, NumberStyles.None, CultureInfo.InvariantCulture);

    private Run ReadRun(string folder)
    {
        var meta = Yaml(Path.Combine(folder, "meta.yaml"));
        var id = Text(meta["run_id"]);
        Assert.Matches("^[a-zA-Z0-9][\\w\\-]{0,255}$", id);
        Assert.Equal((Path.GetFileName(folder), id, "1"), (id, Text(meta["run_uuid"]), Text(meta["experiment_id"])));
        Assert.Equal(("active", "4", "[]", "null"), (Text(meta["lifecycle_stage"]), meta["source_type"], meta["tags"], meta["deleted_time"]));
        Assert.NotEqual("", Text(meta["user_id"]));
        foreach (var key in new[] { "source_name", "source_version", "entry_point_name" }) Assert.Equal("", Text(meta[key]));
        var metrics = Files(folder, "metrics").ToDictionary(m => m.Name, m => m.Text.TrimEnd('\n').Split('\n').Select(ReadMetric).ToList());
        Assert.All(metrics.Values, Assert.NotEmpty);
        var tags = Files(folder, "tags").ToDictionary(t => t.Name, t => t.Text);
        Assert.Equal(tags["mlflow.runName"], Text(meta["run_name"]));
        Assert.All(tags.Values, v => Assert.True(v.Length <= 5000));
        return new Run(
            id, Text(meta["run_name"]), Number(meta["status"]), Number(meta["start_time"]), meta["end_time"] == "null" ? null : Number(meta["end_time"]),
            new Uri(Text(meta["artifact_uri"])).LocalPath, metrics, Files(folder, "params").ToDictionary(p => p.Name, p => p.Text), tags, ReadDataset(folder));
    }

    private Dictionary<string, string> ReadDataset(string run)
    {
        if (!Directory.Exists(Path.Combine(run, "inputs"))) return [];
        var input = Yaml(Path.Combine(Assert.Single(Directory.GetDirectories(Path.Combine(run, "inputs"))), "meta.yaml"));
        Assert.Equal(("DATASET", "RUN"), (Text(input["source_type"]), Text(input["destination_type"])));
        var dataset = Yaml(Path.Combine(root, "1", "datasets", Text(input["source_id"]), "meta.yaml"));
        Assert.InRange(Text(dataset["digest"]).Length, 1, 36);
        return new[] { "digest", "name", "source", "source_type", "profile" }.ToDictionary(k => k, k => Text(dataset[k]));
    }

    private static (long At, double Value, long Step) ReadMetric(string line)
    {
        var parts = line.Split(' ');
        Assert.Equal(3, parts.Length);
        return (long.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture), double.Parse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture),
            long.Parse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture));
    }

    private static Version ReadVersion(string folder)
    {
        var meta = Yaml(Path.Combine(folder, "meta.yaml"));
        var number = Number(meta["version"]);
        Assert.Equal($"version-{number}", Path.GetFileName(folder));
        Assert.Equal(("None", "READY"), (Text(meta["current_stage"]), Text(meta["status"])));
        Assert.True(Number(meta["creation_timestamp"]) > 0 && Number(meta["last_updated_timestamp"]) > 0);
        Assert.Equal(meta["source"], meta["storage_location"]);
        return new Version(
            number, new Uri(Text(meta["source"])).LocalPath, Text(meta["run_id"]), Text(meta["description"]), Files(folder, "tags").ToDictionary(t => t.Name, t => t.Text));
    }

    /// <summary>Every file below, which MLflow takes for one metric, parameter or tag each.</summary>
    private static IEnumerable<(string Name, string Text)> Files(string folder, string kind)
    {
        var path = Path.Combine(folder, kind);
        if (!Directory.Exists(path)) yield break;
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(path, file).Replace('\\', '/');
            Assert.Matches(@"^[/\w.\- ]*$", name);
            yield return (name, File.ReadAllText(file));
        }
    }

    [GeneratedRegex("""^(?<indent>( {2})*)(?<key>[A-Za-z0-9_.]+):( (?<value>("([^"\\]|\\.)*"|-?\d+|null|\[\]|\{\})))?$""")]
    private static partial Regex YamlLine();
}
