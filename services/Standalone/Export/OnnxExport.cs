using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Onnx.Export;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Export;

/// <summary>Writes a model as an ONNX graph; see <see cref="ScoringGraph"/>.</summary>
internal static class OnnxExport
{
    /// <exception cref="CommandFailure">The model has no factors, or more than the format can hold.</exception>
    public static void Write(ExportedModel model, string path)
    {
        if (model.Factors is null)
            throw new CommandFailure($"The model {model.Manifest.Version} ({model.Manifest.Trainer}) has no factors to multiply with; --format npz can hold it.");
        try
        {
            AtomicFile.WriteAllBytes(path, ScoringGraph.Create(model.Ids, model.Factors, model.Popularity, Metadata(model.Manifest)));
        }
        catch (NotSupportedException e)
        {
            throw new CommandFailure($"{e.Message} --format npz can hold it.", cause: e);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Metadata(ModelManifest manifest) =>
    [
        new("version", manifest.Version), new("run_id", manifest.RunId), new("trainer", manifest.Trainer), new("data_version", manifest.DataVersion),
        .. manifest.Parameters.Select(p => KeyValuePair.Create("parameters." + p.Key, p.Value)),
        .. manifest.Weights.Select(p => KeyValuePair.Create("weights." + p.Key, p.Value)),
    ];
}
