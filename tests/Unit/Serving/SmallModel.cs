using Recommender.Hosting.Artifacts;
using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Onnx.Ranking;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Weights;
using Recommender.Serving.Model;

namespace Recommender.Tests.Unit.Serving;

/// <summary>A model small enough to reckon by hand: videos a0..a9 point one way, b0..b9 another, and popularity falls with the number.</summary>
internal static class SmallModel
{
    public const string Version = "20261122T080000Z-0001";

    public static ModelGeneration Create(string version = Version, bool withFactors = true, int items = 20, float dislikeWeight = 0, RankerSession? ranker = null)
    {
        var rates = new float[(items + 1) * ItemRates.Columns];
        for (var i = 0; i < rates.Length; i++) rates[i] = 0.01f * (i % 7);
        var ids = new IdIndex();
        var rows = new float[items * 4];
        var popularity = new float[items];
        var perTaste = items / 2;
        for (var i = 0; i < items; i++)
        {
            var taste = i / perTaste;
            ids.Add($"{(taste == 0 ? 'a' : 'b')}{i % perTaste}");
            rows[(i * 4) + taste] = 1 - (0.05f * (i % 10));
            rows[(i * 4) + 2] = 0.02f * (i % 10);
            rows[(i * 4) + 3] = 0.1f;
            popularity[i] = (5f * items) - i;
        }
        var factors = withFactors ? new ItemFactors(rows, 4, new FoldInSettings { Regularization = 0.01 }, dislikeWeight > 0 ? Opposite(rows) : default, dislikeWeight) : null;
        return new ModelGeneration(Manifest(version, items, withFactors ? 4 : 0), ids, factors, popularity, new InteractionWeights())
        {
            Rates = new ItemRates(rates),
            Ranker = ranker,
        };
    }

    // Who dislikes the videos of one taste has the other.
    private static float[] Opposite(float[] rows)
    {
        var opposite = (float[])rows.Clone();
        for (var i = 0; i < rows.Length; i += 4) (opposite[i], opposite[i + 1]) = (rows[i + 1], rows[i]);
        return opposite;
    }

    public static ModelManifest Manifest(string version, int items, int factors) => new()
    {
        Version = version,
        RunId = "run-1",
        Trainer = factors > 0 ? "ials" : "popularity",
        Parameters = factors > 0 ? new Dictionary<string, string> { ["regularization"] = "0.01", ["unobserved_weight"] = "0.01", ["popularity_exponent"] = "0.4" } : [],
        Weights = new Dictionary<string, string>(),
        DataVersion = "data",
        DataRanges = new Dictionary<string, string>(),
        CodeVersion = "test",
        Metrics = new Dictionary<string, double>(),
        CreatedAt = new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero),
        Items = items,
        Factors = factors,
        Files = [],
    };
}
