using System.Globalization;
using System.Text;
using Recommender.Hosting.Artifacts;
using Recommender.Training.Mlflow;

namespace Recommender.Training.Publishing;

/// <summary>The file <c>MLmodel</c> that makes a version's folder a model in MLflow's eyes: what made it, its files, and what goes in and comes out.</summary>
internal static class MlModelFile
{
    /// <summary>Name of the file.</summary>
    public const string Name = "MLmodel";

    private const string Inputs = """[{"type": "string", "name": "user_id", "required": true}]""";
    private const string Outputs = """[{"type": "string", "name": "video_id", "required": true}, {"type": "float", "name": "score", "required": true}]""";

    /// <summary>What writes each file of a version, this one with them.</summary>
    public static Dictionary<string, Action<Stream>> With(IReadOnlyDictionary<string, Action<Stream>> writers, ModelManifest manifest) =>
        new(writers) { [Name] = stream => Write(stream, manifest, writers.Keys) };

    /// <summary>Writes the file for a version with the given files.</summary>
    public static void Write(Stream stream, ModelManifest manifest, IEnumerable<string> files)
    {
        var created = manifest.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        var text = new Yaml()
            .Add("artifact_path", "model")
            .Add("flavors", flavors => flavors.Add(MlflowFolder.Name, flavor =>
            {
                flavor.Add("version", manifest.Version).Add("trainer", manifest.Trainer).Add("items", manifest.Items).Add("factors", manifest.Factors)
                    .Add("code_version", manifest.CodeVersion).Add("data_version", manifest.DataVersion);
                flavor.Add("files", list =>
                {
                    foreach (var file in files.Order(StringComparer.Ordinal)) list.Add(Path.GetFileNameWithoutExtension(file), file);
                });
            }))
            .Add("model_uuid", manifest.Version).Add("run_id", manifest.RunId)
            .Add("signature", s => s.Add("inputs", Inputs).Add("outputs", Outputs).AddNull("params"))
            .Add("utc_time_created", created);
        stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
