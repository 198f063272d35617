using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Weights;
using Recommender.Training.Judging;

namespace Recommender.Tests.Unit.Training.Judging;

public sealed class PromotionGateTests
{
    private const int Viewers = 400;
    private const string OldData = "old";
    private const string NewData = "new";

    /// <summary>Viewers differ a lot from each other, and a little noise of its own moves every trial.</summary>
    private static Trial Trial(string trainer, double score, int noise = 0, double spread = 0.02, TrialAudit? audit = null, double coverage = 0.5, string factors = "8")
    {
        var (shared, own) = (Noise(1, 0.2), Noise(noise + 100, spread));
        var values = shared.Zip(own, (s, o) => score + s + o).ToArray();
        var metrics = new Dictionary<string, double> { ["ndcg@20"] = values.Average(), ["coverage@20"] = coverage };
        var recipe = new Recipe(trainer, new Dictionary<string, string> { ["factors"] = factors }, new InteractionWeights());
        return new Trial(recipe, new EvaluationResult([.. Enumerable.Range(0, Viewers)], metrics, new() { ["ndcg@20"] = values }), 0)
        {
            Audit = audit ?? Audit(),
        };
    }

    /// <summary>Numbers around zero, and zero on average.</summary>
    private static double[] Noise(int seed, double width)
    {
        var random = new Random(seed);
        var values = Enumerable.Range(0, Viewers).Select(_ => random.NextDouble() * width).ToArray();
        var mean = values.Average();
        return Array.ConvertAll(values, v => v - mean);
    }

    private static TrialAudit Audit(double bias = 0.6, double tail = 0.2, long bytes = 1 << 20, double milliseconds = 1, double tailSpread = 0.1)
    {
        var random = new Random(3);
        var recall = Enumerable.Range(0, Viewers).Select(_ => tail + ((random.NextDouble() - 0.5) * tailSpread)).ToArray();
        recall[0] = double.NaN;
        return new TrialAudit(bias, recall, new Dictionary<string, double>(), bytes, milliseconds);
    }

    private static Champion Live(Trial? trial, string data = OldData) => new("m1", data, trial);

    private static GateVerdict Judge(Trial challenger, double popularity, Champion? live, GateOptions? options = null, string data = NewData) =>
        new PromotionGate(options ?? new GateOptions()).Judge(challenger, Trial("popularity", popularity, noise: 7), live, data);

    private static string Failed(GateVerdict verdict) => string.Join(",", verdict.Checks.Where(c => !c.Passed).Select(c => c.Name));

    [Fact]
    public void What_is_better_beyond_noise_goes_live_and_the_reason_says_by_how_much()
    {
        var verdict = Judge(Trial("ials", 0.30), 0.1, Live(Trial("ials", 0.25, noise: 1, factors: "4")));
        Assert.True(verdict.Promote, verdict.Reason);
        Assert.Contains("better than popularity 0.1000", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains("better than the live model's recipe (ials, m1) 0.2500", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains("95 % interval +0.0", verdict.Reason, StringComparison.Ordinal);
        Assert.Equal(
            ["better_than_popularity", "better_than_champion", "coverage", "popularity_bias", "tail_recall", "size", "scoring_time"],
            verdict.Checks.Select(c => c.Name));
    }

    [Fact]
    public void A_gain_that_noise_explains_does_not_suffice()
    {
        var verdict = Judge(Trial("ials", 0.2502, spread: 0.1), 0.1, Live(Trial("ials", 0.25, noise: 1, spread: 0.1, factors: "4")));
        Assert.Equal("better_than_champion", Failed(verdict));
        Assert.Contains("not better than the live model's recipe", verdict.Reason, StringComparison.Ordinal);
        Assert.Equal("better_than_popularity", Failed(Judge(Trial("ials", 0.1, spread: 0.3), 0.1, Live(Trial("ials", 0.05, noise: 1, factors: "4")))));
        Assert.Equal("better_than_popularity", Failed(Judge(Trial("ials", 0.1, spread: 0.3), 0.1, Live(null))));
    }

    [Fact]
    public void A_larger_gain_can_be_asked_for()
    {
        var live = Live(Trial("ials", 0.25, noise: 1, factors: "4"));
        Assert.True(Judge(Trial("ials", 0.27), 0.1, live, new GateOptions { MinGain = 0.01 }).Promote);
        Assert.Equal("better_than_champion", Failed(Judge(Trial("ials", 0.27), 0.1, live, new GateOptions { MinGain = 0.05 })));
    }

    [Fact]
    public void Each_guardrail_holds_a_better_model_back()
    {
        var live = Live(Trial("ials", 0.2, noise: 1, factors: "4", audit: Audit(bytes: 300L << 20, milliseconds: 20)));
        Assert.Multiple(
            () => Assert.Equal("", Fails(new(), Audit())),
            () => Assert.Equal("popularity_bias", Fails(new(), Audit(bias: 0.71))),
            () => Assert.Equal("", Fails(new() { MaxPopularityRise = 0.2 }, Audit(bias: 0.71))),
            () => Assert.Equal("tail_recall", Fails(new(), Audit(tail: 0.1))),
            () => Assert.Equal("", Fails(new() { MaxTailRecallLoss = 0.6 }, Audit(tail: 0.1))),
            () => Assert.Equal("size", Fails(new(), Audit(bytes: 1201L << 20))),
            () => Assert.Equal("", Fails(new() { AllowedMebibytes = 2000 }, Audit(bytes: 1201L << 20))),
            () => Assert.Equal("scoring_time", Fails(new(), Audit(milliseconds: 101))),
            () => Assert.Equal("", Fails(new() { AllowedScoringTime = TimeSpan.FromSeconds(1) }, Audit(milliseconds: 101))),
            () => Assert.Equal("coverage", Fails(new(), Audit(), coverage: 0.39)),
            () => Assert.Equal("", Fails(new() { MaxCoverageLoss = 0.3 }, Audit(), coverage: 0.39)));

        string Fails(GateOptions options, TrialAudit audit, double coverage = 0.5) =>
            Failed(Judge(Trial("ials", 0.3, audit: audit, coverage: coverage), 0.1, live, options));
    }

    [Fact]
    public void A_loss_of_rare_videos_within_noise_holds_nothing_back()
    {
        var live = Live(Trial("ials", 0.2, noise: 1, factors: "4", audit: Audit(tail: 0.01, tailSpread: 0)));
        var noisy = Audit(tail: 0.008, tailSpread: 1);
        Assert.True(noisy.TailRecall.Skip(1).Average() < 0.009);
        Assert.Equal("", Failed(Judge(Trial("ials", 0.3, audit: noisy), 0.1, live)));
    }

    [Fact]
    public void The_first_model_goes_live_unless_it_is_worse_than_popularity()
    {
        Assert.True(Judge(Trial("ials", 0.1), 0.1005, null).Promote);
        Assert.True(Judge(Trial("popularity", 0.1), 0.1, null).Promote);
        var verdict = Judge(Trial("ials", 0.05), 0.1, null);
        Assert.Equal("not_worse_than_popularity", Failed(verdict));
        Assert.Contains("worse than popularity", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains("nothing was live before", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_live_recipe_goes_live_again_on_newer_data_only()
    {
        var same = Trial("ials", 0.25);
        Assert.True(Judge(same, 0.1, Live(same)).Promote);
        Assert.Equal("not_worse_than_popularity", Failed(Judge(same, 0.4, Live(same))));
        var verdict = Judge(same, 0.1, Live(same, NewData));
        Assert.Equal("newer_data", Failed(verdict));
        Assert.Contains("nothing is gained", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_live_recipe_goes_live_again_on_the_same_data_where_its_files_are_damaged()
    {
        var same = Trial("ials", 0.25);
        var damaged = Live(same, NewData) with { IsDamaged = true };
        var verdict = Judge(same, 0.1, damaged);
        Assert.True(verdict.Promote, verdict.Reason);
        Assert.Contains("the recipe of the live model m1, whose files are damaged", verdict.Reason, StringComparison.Ordinal);
        Assert.True(new PromotionGate(new GateOptions()).PrefersChampion(Trial("ials", 0.2505, noise: 1, spread: 0.1, factors: "4"), damaged, NewData));
    }

    [Fact]
    public void A_free_choice_keeps_to_the_live_recipe_unless_the_challenger_is_better_beyond_noise()
    {
        var gate = new PromotionGate(new GateOptions());
        var live = Trial("ials", 0.25, factors: "4");
        Assert.True(gate.PrefersChampion(Trial("ials", 0.2505, noise: 1, spread: 0.1), Live(live), NewData));
        Assert.False(gate.PrefersChampion(Trial("ials", 0.28, noise: 1), Live(live), NewData));
        Assert.False(gate.PrefersChampion(live, Live(live), NewData));
        Assert.False(gate.PrefersChampion(Trial("ials", 0.2, noise: 1), Live(live, NewData), NewData));
        Assert.False(gate.PrefersChampion(Trial("ials", 0.2), Live(null), NewData));
    }

    [Fact]
    public void A_live_recipe_that_cannot_be_followed_any_more_does_not_block()
    {
        var verdict = Judge(Trial("ials", 0.2), 0.1, Live(null));
        Assert.True(verdict.Promote);
        Assert.Contains("the recipe of m1 can't be followed any more", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_popularity_model_need_not_beat_itself_but_the_live_recipe()
    {
        Assert.True(Judge(Trial("popularity", 0.2), 0.2, Live(Trial("ials", 0.1, noise: 1))).Promote);
        Assert.Equal("better_than_champion", Failed(Judge(Trial("popularity", 0.1), 0.1, Live(Trial("ials", 0.2, noise: 1)))));
    }
}
