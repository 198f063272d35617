using System.Text.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Onnx.Ranking;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers.Ials;
using Recommender.Modeling.Weights;

namespace Recommender.Serving.Model;

/// <summary>Loads a model version whole or not at all.</summary>
internal sealed class GenerationLoader(ModelStore store)
{
    private const string IdsFile = "item_ids.jsonl";
    private const string FactorsFile = "item_factors.npy";
    private const string PopularityFile = "popularity.npy";
    private const string RatesFile = "item_rates.npy";
    private const string RankerFile = "ranker.onnx";

    /// <summary>Checks checksums, reads the factors into mapped memory and the other files, checks that they fit each other, and builds the look-ups.</summary>
    /// <param name="version">The version.</param>
    /// <param name="manifestSha256">Checksum of its manifest as announced; empty when it was not.</param>
    /// <exception cref="InvalidDataException">The version is missing, damaged or of a kind that this code can't serve; the message says which.</exception>
    /// <exception cref="Exception">Damage may show as any other exception as well; nothing is left behind.</exception>
    public ModelGeneration Load(string version, string manifestSha256)
    {
        var manifest = store.Find(version) ?? throw new InvalidDataException("the store has no such version");
        if (manifestSha256.Length > 0 && !manifestSha256.Equals(store.ManifestSha256(version), StringComparison.OrdinalIgnoreCase))
            throw new InvalidDataException("its manifest is not the one that was announced");
        // A model without its ranker still answers, by the plain blend.
        store.Verify(manifest, file => file.Name != RankerFile);
        var ids = ReadIds(manifest);
        var popularity = Map(manifest, PopularityFile, ids.Count, columns: 0).GetSpan().ToArray();
        var weights = new InteractionWeights().With(manifest.Weights);
        var (ranker, problem) = ReadRanker(manifest);
        return new ModelGeneration(manifest, ids, ReadFactors(manifest), popularity, weights) { Rates = ReadRates(manifest), Ranker = ranker, RankerProblem = problem };
    }

    private ItemRates? ReadRates(ModelManifest manifest) =>
        Has(manifest, RatesFile) ? new ItemRates(Map(manifest, RatesFile, manifest.Items + 1, ItemRates.Columns).Memory) : null;

    private (RankerSession? Ranker, string? Problem) ReadRanker(ModelManifest manifest)
    {
        if (!Has(manifest, RankerFile)) return (null, null);
        if (!Has(manifest, RatesFile)) return (null, $"the version lacks {RatesFile}, which it needs");
        try
        {
            store.Verify(manifest, file => file.Name == RankerFile);
            return (RankerSession.Load(File.ReadAllBytes(store.PathOf(manifest.Version, RankerFile))), null);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return (null, e.Message);
        }
    }

    private static bool Has(ModelManifest manifest, string file) => manifest.Files.Any(f => f.Name == file);

    private IdIndex ReadIds(ModelManifest manifest)
    {
        var ids = new IdIndex();
        var lines = 0;
        foreach (var line in File.ReadLines(store.PathOf(manifest.Version, IdsFile)))
        {
            lines++;
            ids.Add(JsonSerializer.Deserialize(line, ModelFileJson.Default.String) ?? throw new InvalidDataException($"{IdsFile} has no id in line {lines}"));
        }
        if (lines != manifest.Items) throw new InvalidDataException($"{IdsFile} has {lines} lines, the manifest counts {manifest.Items} videos");
        return ids.Count == lines ? ids : throw new InvalidDataException($"{IdsFile} names a video twice");
    }

    private ItemFactors? ReadFactors(ModelManifest manifest)
    {
        if (manifest.Factors == 0 || manifest.Items == 0) return null;
        var rows = Map(manifest, FactorsFile, manifest.Items, manifest.Factors).Memory;
        if (IalsOf(manifest) is not { } ials) return new ItemFactors(rows, manifest.Factors, settings: null);
        if (!manifest.HasDislikes) return new ItemFactors(rows, manifest.Factors, ials.FoldIn);
        var dislikes = Map(manifest, ModelManifest.DislikeFactorsFile, manifest.Items, manifest.Factors).Memory;
        return new ItemFactors(rows, manifest.Factors, ials.FoldIn, dislikes, (float)ials.NegativeWeight);
    }

    /// <summary>The parameters of a trainer whose half-step solves a viewer's vector; null for the others, whose viewers get their lists.</summary>
    private static IalsParameters? IalsOf(ModelManifest manifest) =>
        manifest.Trainer == IalsTrainer.TrainerName || manifest.Trainer.StartsWith(IalsTrainer.TrainerName + "-", StringComparison.Ordinal)
            ? IalsParameters.ParseAmong(manifest.Parameters)
            : null;

    private MappedFloats Map(ModelManifest manifest, string file, int rows, int columns)
    {
        var described = manifest.Files.FirstOrDefault(f => f.Name == file) ?? throw new InvalidDataException($"the manifest lacks {file}");
        var values = new MappedFloats(store.PathOf(manifest.Version, file), described.Sha256);
        if (values.Rows != rows || values.Columns != columns)
            throw new InvalidDataException($"{file} is {values.Rows} x {values.Columns}, the manifest says {rows} x {columns}");
        return Vectors.AreFinite(values.GetSpan()) ? values : throw new InvalidDataException($"{file} holds a number that is not finite");
    }
}
