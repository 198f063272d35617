using System.Text;
using Recommender.Hosting.Artifacts;

namespace Recommender.Tests.Benchmarks.Events;

/// <summary>A live model of random factors: what an answer costs does not depend on their values.</summary>
internal static class BenchModel
{
    private const string Version = "20260101T000000Z-0001";
    private const int Factors = 64;

    /// <summary>Saves it and makes it live.</summary>
    public static void Publish(string modelsPath, int videos)
    {
        var random = new Random(1);
        var store = new ModelStore(new StorageOptions { ModelsPath = modelsPath });
        var factors = new float[videos * Factors];
        for (var i = 0; i < factors.Length; i++) factors[i] = (random.NextSingle() - 0.5f) / 4;
        var popularity = Enumerable.Range(0, videos).Select(i => 1f / (1 + i)).ToArray();
        var manifest = new ModelManifest
        {
            Version = Version, RunId = "run-" + Version, Trainer = "ials", Parameters = new Dictionary<string, string> { ["factors"] = "64", ["unobserved_weight"] = "0.1", ["regularization"] = "0.01", ["popularity_exponent"] = "0.4" },
            Weights = new Dictionary<string, string>(), DataVersion = "bench", DataRanges = new Dictionary<string, string>(), CodeVersion = "bench",
            Metrics = new Dictionary<string, double>(), CreatedAt = DateTimeOffset.UnixEpoch, Items = videos, Factors = Factors, Files = [],
        };
        store.Save(manifest, new Dictionary<string, Action<Stream>>
        {
            ["item_ids.jsonl"] = stream =>
            {
                for (var i = 0; i < videos; i++) stream.Write(Encoding.UTF8.GetBytes($"\"video-{i}\"\n"));
            },
            ["popularity.npy"] = stream => NpyFile.Write(stream, popularity, videos, 0),
            ["item_factors.npy"] = stream => NpyFile.Write(stream, factors, videos, Factors),
        });
        store.WriteLive(new LiveChange(Version, "promoted", DateTimeOffset.UnixEpoch, "bench"));
    }
}
