using System.Globalization;
using System.Text;
using Recommender.Hosting.Artifacts;
using Recommender.Training.Registry;

namespace Recommender.Training.Mlflow;

/// <summary>
/// Shows the registry to MLflow as one registered model: a numbered version per model, the aliases <c>champion</c> (what is live) and
/// <c>challenger</c> (the newest model after it), and in each version's description when it was live and why.
/// </summary>
internal sealed class MlflowModels(MlflowFolder folder, ModelStore store, ILogger<MlflowModels> logger)
{
    private const string VersionPrefix = "version-";
    private const string VersionTag = "recommender.version";

    /// <summary>Writes the registered model as the registry has it now. A disk that is full or gone stops nothing: it is told in the log.</summary>
    public void Write()
    {
        try
        {
            lock (folder.Lock) WriteAll(store.List(), store.ReadLive());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            MlflowLog.ModelsNotWritten(logger, e);
        }
    }

    private void WriteAll(IReadOnlyList<ModelManifest> newestFirst, LiveModel live)
    {
        if (newestFirst.Count == 0) return;
        var numbers = Numbers();
        foreach (var (version, number) in numbers.Where(n => newestFirst.All(m => m.Version != n.Key)).ToArray())
        {
            Directory.Delete(VersionPath(number), recursive: true);
            numbers.Remove(version);
        }
        var next = numbers.Values.DefaultIfEmpty(0).Max();
        foreach (var manifest in newestFirst.Reverse())
        {
            if (!numbers.TryGetValue(manifest.Version, out var number)) numbers[manifest.Version] = number = ++next;
            folder.Replace(VersionPath(number), path => WriteVersion(path, number, manifest, live));
        }
        folder.Replace(Path.Combine(folder.ModelPath, "aliases"), path =>
        {
            foreach (var (alias, version) in ModelAliases.Of(newestFirst, live.Version)) WriteNumber(Path.Combine(path, alias), numbers[version]);
        });
        MlflowFolder.Write(Path.Combine(folder.ModelPath, MlflowFolder.Meta), new Yaml().Add("creation_timestamp", MlflowFolder.Milliseconds(newestFirst[^1].CreatedAt))
            .Add("description", HistoryText(live)).Add("last_updated_timestamp", MlflowFolder.Milliseconds(newestFirst[0].CreatedAt)).Add("name", MlflowFolder.Name).ToString());
    }

    private void WriteVersion(string path, int number, ModelManifest manifest, LiveModel live)
    {
        var created = MlflowFolder.Milliseconds(manifest.CreatedAt);
        var source = store.IsRemote ? $"{store.Objects.Address}/{manifest.Version}" : MlflowFolder.UriOf(store.FolderOf(manifest.Version));
        MlflowFolder.Write(Path.Combine(path, MlflowFolder.Meta), new Yaml().Add("creation_timestamp", created).Add("current_stage", "None")
            .Add("description", HistoryText(live, manifest.Version)).Add("last_updated_timestamp", created).Add("name", MlflowFolder.Name).Add("run_id", manifest.RunId)
            .AddNull("run_link").Add("source", source).Add("status", "READY").AddNull("status_message").Add("storage_location", source)
            .AddNull("user_id").Add("version", number).ToString());
        var tags = new Dictionary<string, string>
        {
            [VersionTag] = manifest.Version, ["recommender.trainer"] = manifest.Trainer, ["recommender.data_version"] = manifest.DataVersion,
            ["recommender.code_version"] = manifest.CodeVersion,
        };
        Directory.CreateDirectory(Path.Combine(path, "tags"));
        foreach (var (key, value) in tags) File.WriteAllText(Path.Combine(path, "tags", key), value);
    }

    private static void WriteNumber(string path, int number) => File.WriteAllText(path, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>When each model was live and why, oldest first.</summary>
    private static string HistoryText(LiveModel live, string? only = null)
    {
        var text = new StringBuilder();
        for (var i = 0; i < live.History.Count; i++)
        {
            var change = live.History[i];
            if (only is not null && change.Version != only) continue;
            var until = i + 1 < live.History.Count ? $"to {live.History[i + 1].At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z" : "until now";
            text.Append(CultureInfo.InvariantCulture, $"{change.Version}: live from {change.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z {until}, {change.Action}: {change.Reason}\n");
        }
        return text.Length > 0 ? text.ToString() : "never live";
    }

    private string VersionPath(int number) => Path.Combine(folder.ModelPath, string.Create(CultureInfo.InvariantCulture, $"{VersionPrefix}{number}"));

    /// <summary>The numbers that versions have been given.</summary>
    private Dictionary<string, int> Numbers()
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        if (!Directory.Exists(folder.ModelPath)) return numbers;
        foreach (var path in Directory.EnumerateDirectories(folder.ModelPath, VersionPrefix + "*"))
        {
            var tag = Path.Combine(path, "tags", VersionTag);
            if (int.TryParse(Path.GetFileName(path).AsSpan(VersionPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && File.Exists(tag))
                numbers[File.ReadAllText(tag)] = number;
        }
        return numbers;
    }
}
