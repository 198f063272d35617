using System.Text.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Ials;

namespace Recommender.Tests.Benchmarks.Serving;

/// <summary>A model version of any size: vectors drawn at random, popularity that falls like one over the rank.</summary>
internal static class GeneratedModel
{
    public static string VideoOf(int item) => FormattableString.Invariant($"video-{item}");

    /// <summary>Rows of normal-like numbers.</summary>
    public static float[] Rows(int items, int factors, int seed)
    {
        var random = new Random(seed);
        var rows = new float[(long)items * factors];
        for (var i = 0L; i < rows.LongLength; i++) rows[i] = Normal(random);
        return rows;
    }

    public static float[] Query(int factors, Random random) => [.. Enumerable.Range(0, factors).Select(_ => Normal(random))];

    public static void Save(ModelStore store, string version, int items, int factors)
    {
        // A few interactions, for the sake of the parameters that a trained model has.
        var builder = new InteractionMatrixBuilder();
        for (var i = 0; i < 8; i++) builder.Add(i, i);
        var parameters = new IalsTrainer(new IalsParameters { Factors = factors, Iterations = 1, Threads = 1 }).Train(new TrainingData(builder.Build(8, 8))).Parameters;
        var manifest = new ModelManifest
        {
            Version = version, RunId = version, Trainer = IalsTrainer.TrainerName, Parameters = parameters, Weights = new Dictionary<string, string>(), DataVersion = "generated",
            DataRanges = new Dictionary<string, string>(), CodeVersion = "bench", Metrics = new Dictionary<string, double>(), CreatedAt = DateTimeOffset.UnixEpoch,
            Items = items, Factors = factors, Files = [],
        };
        store.Save(manifest, new Dictionary<string, Action<Stream>>
        {
            ["item_ids.jsonl"] = stream =>
            {
                for (var item = 0; item < items; item++) stream.Write([.. JsonSerializer.SerializeToUtf8Bytes(VideoOf(item)), (byte)'\n']);
            },
            ["item_factors.npy"] = stream => NpyFile.Write(stream, Rows(items, factors, seed: items), items, factors),
            ["popularity.npy"] = stream => NpyFile.Write(stream, [.. Enumerable.Range(1, items).Select(rank => 1000f / rank)], items, 0),
        });
    }

    public static void MakeLive(ModelStore store, string version) => store.WriteLive(new LiveChange(version, "promoted", DateTimeOffset.UnixEpoch, "bench"));

    private static float Normal(Random random)
    {
        var sum = 0f;
        for (var i = 0; i < 4; i++) sum += random.NextSingle();
        return 0.25f * (sum - 2);
    }
}
