using System.IO.Compression;
using System.Text.Json;
using Recommender.Hosting.Artifacts;

namespace Recommender.Standalone.Export;

/// <summary>
/// Writes a model as NumPy's .npz, a zip of .npy files: <c>item_factors</c> (videos x factors, float32; absent when there are none),
/// <c>item_ids</c> (text), <c>popularity</c> (float32) and <c>manifest</c> (one text: the manifest as JSON, with parameters and weights).
/// </summary>
internal static class NpzExport
{
    /// <summary>Writes the file.</summary>
    public static void Write(ExportedModel model, string path) => AtomicFile.Write(path, file =>
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
        if (model.Factors is { } factors) Add("item_factors", stream => NpyFile.Write(stream, factors, model.Ids.Count, model.Manifest.Factors));
        // Of ids of many lengths most is padding, so these are compressed.
        Add("item_ids", stream => NpyFile.WriteTexts(stream, model.Ids), CompressionLevel.Fastest);
        Add("popularity", stream => NpyFile.Write(stream, model.Popularity, model.Ids.Count, 0));
        var manifest = JsonSerializer.Serialize(model.Manifest, ArtifactJson.Default.ModelManifest);
        Add("manifest", stream => NpyFile.WriteText(stream, manifest), CompressionLevel.Fastest);

        void Add(string name, Action<Stream> write, CompressionLevel level = CompressionLevel.NoCompression)
        {
            using var stream = zip.CreateEntry(name + ".npy", level).Open();
            write(stream);
        }
    });
}
