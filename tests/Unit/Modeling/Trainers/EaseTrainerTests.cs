using System.Globalization;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;

namespace Recommender.Tests.Unit.Modeling.Trainers;

public sealed class EaseTrainerTests
{
    private const int Items = 17;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0)]
    [InlineData(0, 0.5)]
    public void Scores_equal_the_closed_form(double dropout, double viewerExponent)
    {
        var likes = RandomData.Interactions(40, Items, 0.25, seed: 1);
        var model = Train(likes, null, ("dropout", dropout), ("viewer_exponent", viewerExponent));
        var weighted = SlowMatrix.Dense(likes);
        for (var u = 0; u < 40; u++)
        {
            for (var i = 0; i < Items; i++) weighted[u, i] *= Math.Pow(Math.Max(1, likes.RowLength(u)), -viewerExponent / 2);
        }

        var gram = SlowMatrix.Multiply(SlowMatrix.Transpose(weighted), weighted);
        for (var i = 0; i < Items; i++) gram[i, i] += 3 + (dropout / (1 - dropout) * gram[i, i]);
        var inverse = SlowMatrix.Inverse(gram);
        var scores = new float[Items];
        for (var item = 0; item < Items; item++)
        {
            model.ScoreHistory([item], [1f], scores);
            for (var j = 0; j < Items; j++) Assert.Equal(item == j ? 0 : -inverse[item, j] / inverse[j, j], scores[j], 1e-4);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.5, 0)]
    [InlineData(2, 0.3)]
    public void Weights_of_likes_and_dislikes_are_the_best_there_are(double negativeWeight, double negativeTarget)
    {
        var likes = RandomData.Interactions(40, Items, 0.2, seed: 2);
        var dislikes = RandomData.Interactions(40, Items, 0.2, seed: 3).Without(likes);
        var model = Train(likes, dislikes, ("negative_weight", negativeWeight), ("negative_target", negativeTarget));
        var (liked, disliked) = (SlowMatrix.Dense(likes), SlowMatrix.Dense(dislikes));
        var weights = Weights(model, likes, dislikes, negativeWeight);

        // The gradient of |Y - ZB|^2 + lambda |B|^2 is zero in every cell but those that must be zero themselves.
        var inputs = new double[40, 2 * Items];
        var targets = new double[40, Items];
        for (var u = 0; u < 40; u++)
        {
            for (var i = 0; i < Items; i++)
            {
                (inputs[u, i], inputs[u, Items + i]) = (liked[u, i], negativeWeight * disliked[u, i]);
                targets[u, i] = liked[u, i] - (negativeTarget * disliked[u, i]);
            }
        }

        var predicted = SlowMatrix.Multiply(inputs, weights);
        for (var i = 0; i < 2 * Items; i++)
        {
            for (var j = 0; j < Items; j++)
            {
                var gradient = 3 * weights[i, j];
                for (var u = 0; u < 40; u++) gradient -= inputs[u, i] * (targets[u, j] - predicted[u, j]);
                if (i % Items == j) Assert.Equal(0, weights[i, j], 1e-4);
                else Assert.Equal(0, gradient, 2e-3);
            }
        }
    }

    [Fact]
    public void Switched_off_dislikes_change_nothing()
    {
        var likes = RandomData.Interactions(30, Items, 0.2, seed: 2);
        var dislikes = RandomData.Interactions(30, Items, 0.2, seed: 3).Without(likes);
        var (off, none) = (new float[30 * Items], new float[30 * Items]);
        int[] viewers = [.. Enumerable.Range(0, 30)];
        TrainerRegistry.Create("ease", new Dictionary<string, string> { ["negatives"] = "off" })
            .Train(new TrainingData(likes) { Negatives = dislikes }).Score(viewers, off);
        TrainerRegistry.Create("ease").Train(new TrainingData(likes)).Score(viewers, none);
        Assert.Equal(none, off);
    }

    [Fact]
    public void A_catalog_beyond_the_bound_is_refused_with_the_memory_it_would_take()
    {
        var builder = new InteractionMatrixBuilder();
        builder.Add(0, 0);
        builder.Add(0, 2999);
        var error = Assert.Throws<ParameterException>(() => Train(builder.Build(1, 3000), null, ("max_items", 2999)));
        Assert.Equal(
            "The trainer 'ease' needs a row and a column per video: 3000 videos are more than 'max_items' = 2999 and would take 0.04 GB. Raise max_items (46000 at most), set catalog=top to learn from the most popular ones only, or use item_knn or graph_filter.",
            error.Message);
    }

    [Fact]
    public void Beyond_the_bound_the_most_popular_videos_can_be_learned_from()
    {
        var likes = RandomData.TwoTastes(80, 30, seed: 5);
        var counts = likes.ColumnLengths();
        var kept = Enumerable.Range(0, 30).OrderByDescending(i => counts[i]).ThenBy(i => i).Take(20).Order().ToArray();
        var scores = new float[30];
        TrainerRegistry.Create("ease", new Dictionary<string, string> { ["max_items"] = "20", ["catalog"] = "top" })
            .Train(new TrainingData(likes)).ScoreHistory([kept[0]], [1f], scores);
        Assert.All(Enumerable.Range(0, 30).Except(kept), i => Assert.InRange(scores[i], 0, 1e-9f));
        Assert.True(kept.Count(i => Math.Abs(scores[i]) > 1e-6f) > 15);
    }

    [Fact]
    public void The_regularisation_that_is_left_to_the_data_grows_with_what_was_met_per_like()
    {
        var likes = RandomData.TwoTastes(80, 30, seed: 5);
        var dislikes = RandomData.TwoTastes(80, 30, seed: 6).Without(likes);
        IScoringModel Default(InteractionMatrix? negatives, params (string Key, string Value)[] settings) =>
            TrainerRegistry.Create("ease", settings.ToDictionary(s => s.Key, s => s.Value)).Train(new TrainingData(likes) { Negatives = negatives });
        float[] Scores(IScoringModel model)
        {
            var scores = new float[80 * 30];
            model.Score([.. Enumerable.Range(0, 80)], scores);
            return scores;
        }

        var raised = Math.Round(100 * (1 + (dislikes.Count / (double)likes.Count)), 3).ToString(CultureInfo.InvariantCulture);
        Assert.Equal("100", Default(null).Parameters["regularization"]);
        Assert.Equal("100", Default(dislikes, ("negatives", "off")).Parameters["regularization"]);
        Assert.Equal(raised, Default(dislikes).Parameters["regularization"]);
        Assert.Equal(Scores(Default(dislikes, ("regularization", raised))), Scores(Default(dislikes)));
    }

    private static IScoringModel Train(InteractionMatrix likes, InteractionMatrix? dislikes, params (string Key, double Value)[] settings)
    {
        var all = settings.ToDictionary(s => s.Key, s => s.Value.ToString(CultureInfo.InvariantCulture));
        all["regularization"] = "3";
        return TrainerRegistry.Create("ease", all).Train(new TrainingData(likes) { Negatives = dislikes });
    }

    // A dislike's row of weights shows in what two viewers with and without it are scored: solved from all viewers' scores.
    private static double[,] Weights(IScoringModel model, InteractionMatrix likes, InteractionMatrix dislikes, double negativeWeight)
    {
        var weights = new double[2 * Items, Items];
        var scores = new float[Items];
        for (var i = 0; i < Items; i++)
        {
            model.ScoreHistory([i], [1f], scores);
            for (var j = 0; j < Items; j++) weights[i, j] = scores[j];
        }

        var inputs = new double[40, Items];
        var rest = new double[40, Items];
        for (var u = 0; u < 40; u++)
        {
            model.Score([u], scores);
            for (var j = 0; j < Items; j++)
            {
                rest[u, j] = scores[j];
                foreach (var i in likes.RowColumns(u)) rest[u, j] -= weights[i, j];
            }

            foreach (var i in dislikes.RowColumns(u)) inputs[u, i] = negativeWeight;
        }

        var transposed = SlowMatrix.Transpose(inputs);
        var solved = SlowMatrix.Multiply(SlowMatrix.Inverse(SlowMatrix.Multiply(transposed, inputs)), SlowMatrix.Multiply(transposed, rest));
        for (var i = 0; i < Items; i++)
        {
            for (var j = 0; j < Items; j++) weights[Items + i, j] = solved[i, j];
        }

        return weights;
    }
}
