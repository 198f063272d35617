using System.Text.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Export;

/// <summary>A model version with its checksums checked.</summary>
/// <param name="Manifest">What it is made of and from.</param>
/// <param name="Ids">Ids of videos by number.</param>
/// <param name="Factors">videos x factors, row-major; null when it has none.</param>
/// <param name="Popularity">A number per video.</param>
internal sealed record ExportedModel(ModelManifest Manifest, IReadOnlyList<string> Ids, float[]? Factors, float[] Popularity)
{
    private const string Live = "live";

    /// <summary>Loads a version by its folder or its name.</summary>
    /// <exception cref="CommandFailure">It is not there, or damaged.</exception>
    public static ExportedModel Load(string model, string modelsFolder)
    {
        try
        {
            var (store, version) = Find(model, modelsFolder);
            var manifest = store.Find(version) ?? throw CommandFailure.Usage($"There is no model '{model}': neither a folder of that name nor a version in '{modelsFolder}'.");
            // A version may have been copied to a folder of another name.
            manifest = manifest with { Version = version };
            store.Verify(manifest);
            var ids = File.ReadLines(store.PathOf(version, "item_ids.jsonl")).Select(line => JsonSerializer.Deserialize<string>(line)!).ToArray();
            var factors = manifest.Factors == 0 ? null : NpyFile.ReadAll(store.PathOf(version, "item_factors.npy"));
            return new ExportedModel(manifest, ids, factors, NpyFile.ReadAll(store.PathOf(version, "popularity.npy")));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CommandFailure($"The model '{model}' cannot be read: {e.Message}", cause: e);
        }
    }

    private static (ModelStore Store, string Version) Find(string model, string modelsFolder)
    {
        if (File.Exists(Path.Combine(model, ModelStore.ManifestName)))
        {
            var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(model));
            return (StoreOf(Path.GetDirectoryName(folder)!), Path.GetFileName(folder));
        }

        var store = StoreOf(modelsFolder);
        if (model != Live) return (store, model);
        var live = store.ReadLive().Version;
        return live.Length > 0 ? (store, live) : throw CommandFailure.Usage($"No model is live in '{modelsFolder}'.");
    }

    private static ModelStore StoreOf(string folder) => new(new StorageOptions { ModelsPath = folder });
}
