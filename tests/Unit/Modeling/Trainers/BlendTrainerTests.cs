using System.Globalization;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Blend;
using Recommender.Modeling.Trainers.Validation;

namespace Recommender.Tests.Unit.Modeling.Trainers;

public sealed class BlendTrainerTests
{
    private static readonly ValidationMetric Ndcg = new("ndcg", 10);

    [Fact]
    public void A_part_that_only_does_harm_gets_no_weight()
    {
        var model = Train(RandomOrder.Walks(300, 60, 8, seed: 1), ("parts", "popularity,transitions"));
        Assert.Equal("0", model.Parameters["popularity.weight"]);
        Assert.Equal("1", model.Parameters["transitions.weight"]);
    }

    [Fact]
    public void Parts_that_err_differently_are_better_together_and_noise_gets_no_weight()
    {
        NoisyScorer[] parts = [new(1, 1.5f, 1.5f), new(2, 1.5f, 1.5f), new(3, 0, 0)];
        var learned = Learn(parts);
        Assert.InRange(learned.Weights[0], 0.3, 0.7);
        Assert.InRange(learned.Weights[1], 0.3, 0.7);
        Assert.InRange(learned.Weights[2], 0, 0.1);
        Assert.True(learned.Value > learned.PartValues.Max() + 0.05, $"{learned.Value} {string.Join(' ', learned.PartValues)}");
        Assert.All(parts.Zip(learned.PartValues), p => Assert.Equal(Split().Judge(p.First, Ndcg, 0, CancellationToken.None), p.Second, 1e-9));
    }

    [Fact]
    public void Every_viewer_counts_where_weights_are_judged_by_those_they_were_not_learned_on()
    {
        // The second part is worth as much as the first to one half of the viewers, and little to the other, to whom equal weights would do harm.
        var learned = Learn(new NoisyScorer(1, 1.5f, 2.2f), new NoisyScorer(2, 1.5f, 0.7f));
        Assert.InRange(learned.Weights[1], 0.2, 0.45);
        Assert.True(learned.Value > learned.PartValues[0] + 0.02, $"{learned.Value} {string.Join(' ', learned.PartValues)}");

        // What is good for the one half alone, and bad for the other, is no blend.
        Assert.Equal([1, 0], Learn(new NoisyScorer(1, 3, 0.1f), new NoisyScorer(2, 0, 1.5f)).Weights);
    }

    [Fact]
    public void Scores_are_the_weighted_sum_of_normalised_scores()
    {
        var data = HalfWalkHalfTaste();
        var model = Train(data, ("parts", "transitions,ials"), ("ials.factors", "8"), ("metric", "ndcg@10"));
        var (expected, part, scores) = (new double[80], new float[80], new float[80]);
        foreach (var name in (string[])["transitions", "ials"])
        {
            var settings = model.Parameters.Where(p => p.Key.StartsWith(name + ".", StringComparison.Ordinal) && !p.Key.EndsWith(".weight", StringComparison.Ordinal)
                && !p.Key.EndsWith(".validation", StringComparison.Ordinal)).ToDictionary(p => p.Key[(name.Length + 1)..], p => p.Value);
            TrainerRegistry.Create(name, settings).Train(new TrainingData(data)).Score([7], part);
            var mean = part.Average(s => (double)s);
            var deviation = Math.Sqrt(part.Average(s => (s - mean) * (s - mean)));
            for (var i = 0; i < 80; i++) expected[i] += double.Parse(model.Parameters[name + ".weight"], CultureInfo.InvariantCulture) * (part[i] - mean) / deviation;
        }

        model.Score([7], scores);
        for (var i = 0; i < 80; i++) Assert.Equal(expected[i], scores[i], 1e-3);
    }

    [Fact]
    public void Given_validation_interactions_decide_and_are_not_trained_on()
    {
        var walks = RandomOrder.Walks(300, 60, 8, seed: 1);

        // By what really comes next the walk wins; the wish of these viewers is always video 0.
        var wish = new InteractionMatrixBuilder();
        var likes = new InteractionMatrixBuilder(DuplicatePolicy.Last, TimeKind.Order);
        likes.AddAll(walks);
        for (var viewer = 0; viewer < 300; viewer++)
        {
            if (walks.Contains(viewer, 0)) continue;
            wish.Add(viewer, 0);
        }

        for (var extra = 0; extra < 40; extra++) likes.Add(300 + extra, 0);
        var data = likes.Build(340, 60);
        var trainer = TrainerRegistry.Create("blend", new Dictionary<string, string> { ["parts"] = "popularity,transitions" });
        var model = trainer.Train(new TrainingData(data) { Validation = wish.Build(340, 60) });
        Assert.Equal("1", model.Parameters["popularity.weight"]);
        Assert.Equal(data.ColumnLengths().Select(n => (float)n), model.ItemPopularity.ToArray());
    }

    [Theory]
    [InlineData("parts", "ials,nope")]
    [InlineData("parts", "ials,ials")]
    [InlineData("parts", "blend")]
    [InlineData("parts", "")]
    [InlineData("metric", "ndcg@0")]
    [InlineData("metric", "map@20")]
    [InlineData("bpr.factors", "3")]
    [InlineData("ials.factors", "none")]
    public void Wrong_parameters_are_told(string key, string value) =>
        Assert.Throws<ParameterException>(() => TrainerRegistry.Create("blend", new Dictionary<string, string> { [key] = value }));

    private static BlendWeights Learn(params NoisyScorer[] parts) =>
        BlendWeights.Learn(CandidateScores.Of(parts, Split(), Ndcg, threads: 0, CancellationToken.None), parts.Length);

    private static HoldOutSplit Split()
    {
        var relevant = new InteractionMatrixBuilder();
        for (var viewer = 0; viewer < 400; viewer++) relevant.Add(viewer, viewer % 50);
        var none = InteractionMatrix.Empty(400, 50);
        return new HoldOutSplit(new TrainingData(none), relevant.Build(400, 50), [none]);
    }

    private static IScoringModel Train(InteractionMatrix data, params (string Key, string Value)[] settings) =>
        TrainerRegistry.Create("blend", settings.ToDictionary(s => s.Key, s => s.Value)).Train(new TrainingData(data));

    // Each history is half a walk on a circle of forty videos and half a choice from one of four tastes of ten, the next video from either.
    private static InteractionMatrix HalfWalkHalfTaste()
    {
        var random = new Random(3);
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Last, TimeKind.Order);
        for (var row = 0; row < 400; row++)
        {
            var start = random.Next(40);
            var taste = Enumerable.Range(40 + (10 * (row % 4)), 10).OrderBy(_ => random.Next()).ToArray();
            var turn = random.Next(2);
            for (var i = 0; i < 11; i++) builder.Add(row, (i + turn) % 2 == 0 ? (start + (i / 2)) % 40 : taste[i / 2], time: (uint)i);
        }

        return builder.Build(400, 80);
    }

    // Scores are noise, larger by a bump for the one relevant video.
    private sealed class NoisyScorer(int seed, float bumpOfEven, float bumpOfOdd) : IViewerScorer
    {
        public int ViewerCount => 400;

        public int ItemCount => 50;

        public void Score(ReadOnlySpan<int> viewers, Span<float> scores)
        {
            for (var i = 0; i < viewers.Length; i++)
            {
                var random = new Random((seed * 1000) + viewers[i]);
                var bump = viewers[i] % 2 == 0 ? bumpOfEven : bumpOfOdd;
                for (var item = 0; item < 50; item++)
                    scores[(i * 50) + item] = (float)(Enumerable.Range(0, 6).Sum(_ => random.NextDouble()) - 3) + (item == viewers[i] % 50 ? bump : 0);
            }
        }
    }
}
