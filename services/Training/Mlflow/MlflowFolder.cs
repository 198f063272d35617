using System.Text;
using Recommender.Hosting.Artifacts;

namespace Recommender.Training.Mlflow;

/// <summary>
/// The folder <c>mlruns</c> beside the models, laid out as MLflow's file store has it, so that <c>mlflow ui --backend-store-uri</c> shows runs and
/// registered models. It is made from the runs and the registry and never read back; a reader may add to it.
/// </summary>
internal sealed class MlflowFolder
{
    /// <summary>The experiment that all runs belong to.</summary>
    public const string ExperimentId = "1";

    /// <summary>Name of the experiment and of the registered model.</summary>
    public const string Name = "recommender";

    /// <summary>Name of the file that describes each thing.</summary>
    public const string Meta = "meta.yaml";

    private readonly string _scratch;

    public MlflowFolder(ModelStore models)
    {
        Root = Path.Combine(Path.GetDirectoryName(models.RunsPath)!, "mlruns");
        _scratch = Path.Combine(Path.GetDirectoryName(models.RunsPath)!, "mlruns.new");
    }

    /// <summary>Held by whoever writes.</summary>
    public Lock Lock { get; } = new();

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>Folder of the experiment.</summary>
    public string ExperimentPath => Path.Combine(Root, ExperimentId);

    /// <summary>Folder of the registered model.</summary>
    public string ModelPath => Path.Combine(Root, "models", Name);

    /// <summary>The address of a path, as MLflow writes it.</summary>
    public static string UriOf(string path) => new Uri(Path.GetFullPath(path)).AbsoluteUri;

    /// <summary>Milliseconds since 1970, as MLflow counts time.</summary>
    public static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    /// <summary>Names of metrics, parameters and tags may not have all characters: <c>ndcg@20</c> becomes <c>ndcg_at_20</c>.</summary>
    public static string NameOf(string key)
    {
        var name = new StringBuilder();
        foreach (var c in key.Replace("@", "_at_", StringComparison.Ordinal)) name.Append(char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' ? c : '_');
        return name.ToString();
    }

    /// <summary>Writes a small text file that is there whole or not at all. For files that nobody lists: a folder of metrics is replaced as a whole.</summary>
    public static void Write(string path, string text) => AtomicFile.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Fills a folder beside and puts it in place of an older one.</summary>
    public void Replace(string path, Action<string> fill)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var fresh = Path.Combine(_scratch, "fresh");
        var old = Path.Combine(_scratch, "old");
        Clear();
        Directory.CreateDirectory(fresh);
        fill(fresh);
        if (Directory.Exists(path)) Directory.Move(path, old);
        Directory.Move(fresh, path);
        Clear();
    }

    /// <summary>Makes the experiment if it is not there.</summary>
    public void EnsureExperiment(DateTimeOffset now)
    {
        var path = Path.Combine(ExperimentPath, Meta);
        if (File.Exists(path)) return;
        Directory.CreateDirectory(Path.Combine(Root, ".trash"));
        Write(path, new Yaml().Add("artifact_location", UriOf(ExperimentPath)).Add("creation_time", Milliseconds(now)).Add("experiment_id", ExperimentId)
            .Add("last_update_time", Milliseconds(now)).Add("lifecycle_stage", "active").Add("name", Name).ToString());
    }

    private void Clear()
    {
        if (Directory.Exists(_scratch)) Directory.Delete(_scratch, recursive: true);
    }
}
