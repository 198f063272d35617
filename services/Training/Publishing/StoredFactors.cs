using System.Text.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Trainers;

namespace Recommender.Training.Publishing;

/// <summary>The video factors of a stored version, as the start of a training run.</summary>
internal static class StoredFactors
{
    /// <summary>What a run that begins with a version's factors must name, so that it can be repeated.</summary>
    /// <param name="earlier">The version, which has factors.</param>
    public static ModelStart StartOf(ModelManifest earlier) =>
        new(
            earlier.Version, FindChecksum(earlier, ModelFiles.ItemFactors) ?? "none", FindChecksum(earlier, ModelFiles.ItemIds) ?? "none",
            FindChecksum(earlier, ModelFiles.DislikeFactors));

    /// <summary>Reads a start for videos in another order; those that it does not know have none.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="start">The start.</param>
    /// <param name="videos">Ids of the videos to come.</param>
    /// <exception cref="InvalidDataException">It is gone, or its checksums are others; the message says which.</exception>
    public static WarmStart Read(ModelStore store, ModelStart start, IReadOnlyList<string> videos)
    {
        Check(store, start.Version, ModelFiles.ItemFactors, start.FactorsSha256);
        Check(store, start.Version, ModelFiles.ItemIds, start.IdsSha256);
        var ids = File.ReadLines(store.PathOf(start.Version, ModelFiles.ItemIds)).Select(line => JsonSerializer.Deserialize<string>(line)!).ToArray();
        var items = ReadFactors(store, start.Version, ModelFiles.ItemFactors, ids.Length);
        if (start.DislikesSha256 is null) return WarmStart.Map(items, ids, videos);
        Check(store, start.Version, ModelFiles.DislikeFactors, start.DislikesSha256);
        return WarmStart.Map(items, ids, videos, ReadFactors(store, start.Version, ModelFiles.DislikeFactors, ids.Length));
    }

    private static FactorMatrix ReadFactors(ModelStore store, string version, string file, int videos)
    {
        var path = store.PathOf(version, file);
        int factors;
        using (var stream = File.OpenRead(path)) factors = NpyFile.ReadHeader(stream).Columns;
        var numbers = NpyFile.ReadAll(path);
        if (numbers.Length != (long)videos * factors)
            throw new InvalidDataException($"model {version} has {videos} videos of {factors} factors but {numbers.Length} numbers in {file}");
        return new FactorMatrix(videos, factors, numbers);
    }

    private static string? FindChecksum(ModelManifest manifest, string file) => manifest.Files.FirstOrDefault(f => f.Name == file)?.Sha256;

    private static void Check(ModelStore store, string version, string file, string expected)
    {
        if (!File.Exists(store.PathOf(version, file))) throw new InvalidDataException($"{file} of model {version} is gone from {Path.GetDirectoryName(store.FolderOf(version))}");
        var actual = store.Sha256(version, file);
        if (actual != expected) throw new InvalidDataException($"the checksum of {file} of model {version} is {actual}, not {expected}");
    }
}
