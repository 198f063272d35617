using static Recommender.Tests.EndToEnd.Evaluate.EvaluateProgram;

namespace Recommender.Tests.EndToEnd.Evaluate;

/// <summary>Popularity is deterministic, so its published values prove the evaluator. Needs the public data sets.</summary>
public sealed class PublishedPopularityTests
{
    private const string Variable = "RECOMMENDER_TEST_DATA";

    [Fact]
    public Task On_gowalla() => AssertAsync(
        "lightgcn", "gowalla_lightgcn/train.txt.gz", null, "gowalla_lightgcn/test.txt.gz", ("recall@20", 0.0416), ("ndcg@20", 0.0317));

    [Fact]
    public Task On_microlens() => AssertAsync(
        "sequences", "microlens_50k/MicroLens-50k_pairs.tsv.gz", null, null,
        ("hit_rate@10", 0.0030), ("ndcg@10", 0.0016), ("hit_rate@20", 0.0054), ("ndcg@20", 0.0021));

    [Fact]
    public Task On_beauty() => AssertAsync(
        "sequences", "amazon_beauty_s3rec/Beauty.txt.gz", null, "amazon_beauty_s3rec/Beauty.txt.gz",
        ("hit_rate@10", 0.0135), ("ndcg@10", 0.0061), ("hit_rate@20", 0.0217), ("ndcg@20", 0.0081));

    [Theory]
    [InlineData(null)]
    [InlineData("kuairand_signed/valid.txt.gz")]
    public Task On_signed_kuairand(string? valid) => AssertAsync(
        "signed", "kuairand_signed/train.txt.gz", valid, "kuairand_signed/test.txt.gz", ("recall@20", 0.0903), ("ndcg@20", 0.0435));

    private static async Task AssertAsync(string format, string train, string? valid, string? test, params (string Metric, double Value)[] published)
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(folder), $"Set {Variable} to the folder of the public data sets to compare with published values.");
        var missing = new[] { train, valid, test }.FirstOrDefault(f => f is not null && !File.Exists(Path.Combine(folder!, f)));
        Assert.SkipUnless(missing is null, $"{Variable} is '{folder}', but there is no {missing} in it.");
        List<string> arguments = ["--train", Path.Combine(folder!, train), "--format", format, "--trainer", "popularity"];
        if (valid is not null) arguments.AddRange(["--valid", Path.Combine(folder!, valid)]);
        if (test is not null) arguments.AddRange(["--test", Path.Combine(folder!, test)]);
        var metrics = (await RunJsonAsync([.. arguments])).GetProperty("metrics");

        // Equal when rounded as published, to the fourth decimal.
        Assert.All(published, p => Assert.Equal(p.Value, metrics.GetProperty(p.Metric).GetDouble(), 0.00005));
    }
}
