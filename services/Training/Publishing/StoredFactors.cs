using System.Text.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Trainers;

namespace Recommender.Training.Publishing;

/// <summary>The video factors of a stored version, as the start of a training run.</summary>
internal static class StoredFactors
{
    /// <summary>Reads a version's factors for videos in another order; those that it does not know have none.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="manifest">The version, which has factors.</param>
    /// <param name="videos">Ids of the videos to come.</param>
    /// <exception cref="InvalidDataException">The files don't fit each other.</exception>
    public static WarmStart Read(ModelStore store, ModelManifest manifest, IReadOnlyList<string> videos)
    {
        var ids = File.ReadLines(store.PathOf(manifest.Version, ModelFiles.ItemIds)).Select(line => JsonSerializer.Deserialize<string>(line)!).ToArray();
        var numbers = NpyFile.ReadAll(store.PathOf(manifest.Version, ModelFiles.ItemFactors));
        if (numbers.Length != (long)ids.Length * manifest.Factors)
            throw new InvalidDataException($"model {manifest.Version} has {ids.Length} videos of {manifest.Factors} factors but {numbers.Length} numbers");
        return WarmStart.Map(new FactorMatrix(ids.Length, manifest.Factors, numbers), ids, videos);
    }
}
