using System.Globalization;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.GraphFilter;

namespace Recommender.Tests.Unit.Modeling.Trainers;

public sealed class GraphFilterTrainerTests
{
    [Theory]
    [InlineData(3, 0.3, 0)]
    [InlineData(8, 1, 1)]
    [InlineData(20, 0.5, 0)]
    public void Scores_equal_the_slow_filter(int rank, double weight, double power)
    {
        const int Items = 14;
        var data = RandomData.Interactions(30, Items, 0.3, seed: 1);
        var model = TrainerRegistry.Create("graph_filter", new Dictionary<string, string>
        {
            ["rank"] = rank.ToString(CultureInfo.InvariantCulture),
            ["low_pass_weight"] = weight.ToString(CultureInfo.InvariantCulture),
            ["low_pass_power"] = power.ToString(CultureInfo.InvariantCulture),
            ["viewer_exponent"] = "0.5",
            ["item_exponent"] = "0.5",
            ["source_exponent"] = "0.5",
            ["target_exponent"] = "-0.5",
            ["passes"] = "60",
        }).Train(new TrainingData(data));
        var edges = SlowMatrix.Dense(data);
        var counts = data.ColumnLengths();
        for (var u = 0; u < 30; u++)
        {
            for (var i = 0; i < Items; i++) edges[u, i] /= Math.Sqrt(Math.Max(1, data.RowLength(u)) * Math.Max(1, counts[i]));
        }

        var smoothing = SlowMatrix.Multiply(SlowMatrix.Transpose(edges), edges);
        var (values, vectors) = Subspace.Eigen(
            [.. Enumerable.Range(0, Items).Select(i => Enumerable.Range(0, Items).Select(j => smoothing[i, j]).ToArray())]);
        var scores = new float[Items];
        for (var item = 0; item < Items; item++)
        {
            model.ScoreHistory([item], [1f], scores);
            for (var j = 0; j < Items; j++)
            {
                var low = Enumerable.Range(0, Math.Min(rank, Items)).Sum(k => Math.Pow(Math.Max(0, values[k]), power / 2) * vectors[k][item] * vectors[k][j]);
                var expected = (item == j ? 0 : smoothing[item, j]) + (weight * low * Math.Sqrt((double)counts[j] / counts[item]));
                Assert.Equal(expected, scores[j], 1e-3);
            }
        }
    }

    [Fact]
    public void A_history_beyond_the_bound_makes_the_graph_no_larger()
    {
        const int Items = 40_000;
        var builder = new InteractionMatrixBuilder();
        for (var viewer = 0; viewer < 200; viewer++)
        {
            for (var i = 0; i < 5; i++) builder.Add(viewer, (viewer + (7 * i)) % 50);
        }

        for (var item = 0; item < Items; item++) builder.Add(200, item);
        var data = builder.Build(201, Items);
        Assert.True(GraphFilterTrainer.BytesOf(data, new GraphFilterParameters()) < 50e6);
        var model = TrainerRegistry.Create("graph_filter", new Dictionary<string, string> { ["threads"] = "1" }).Train(new TrainingData(data));
        var scores = new float[Items];
        model.ScoreHistory([0, 7], [1f, 1f], scores);
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        Assert.Equal(14, Enumerable.Range(0, Items).Where(i => i is not (0 or 7)).MaxBy(i => scores[i]));
    }
}
