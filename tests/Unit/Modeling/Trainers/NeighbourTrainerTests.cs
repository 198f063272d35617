using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;

namespace Recommender.Tests.Unit.Modeling.Trainers;

public sealed class NeighbourTrainerTests
{
    [Fact]
    public void Scores_equal_the_slow_formula() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var data = RandomOrder.Histories(rows: 12, columns: 9, most: 7, seed);
        if (data.Count == 0) return;
        double Pick(params double[] values) => values[random.Next(values.Length)];
        var (a, b, c) = (Pick(0, 0.5, 1), Pick(0, 0.4), Pick(0, 0.5, 1));
        var (shrink, gap, backward, recency) = (Pick(0, 2), Pick(0, 1, 3), Pick(0, 0.5, 1), Pick(0, 2));
        var model = Train("transitions", data, null, ("source_exponent", a), ("target_exponent", b), ("viewer_exponent", c), ("shrink", shrink),
            ("gap_half_life", gap), ("backward", backward), ("recency_half_life", recency), ("neighbours", 0));
        var counts = data.ColumnLengths();
        var scores = new float[9];
        for (var viewer = 0; viewer < 12; viewer++)
        {
            model.Score([viewer], scores);
            for (var target = 0; target < 9; target++)
            {
                var expected = 0.0;
                var newest = data.RowTimes(viewer).ToArray().DefaultIfEmpty().Max();
                for (var i = 0; i < data.RowLength(viewer); i++)
                {
                    var source = data.RowColumns(viewer)[i];
                    var pairs = SlowPairs(data, source, target, c, gap, backward);
                    var weight = pairs == 0 ? 0 : pairs * pairs / (pairs + shrink) / Math.Pow(counts[source], a) / Math.Pow(counts[target], b);
                    expected += (recency > 0 ? Math.Pow(2, -(newest - data.RowTimes(viewer)[i]) / recency) : 1) * weight;
                }

                Assert.Equal(expected, scores[target], 1e-4 * (1 + expected));
            }
        }
    });

    [Fact]
    public void Only_the_strongest_neighbours_speak()
    {
        var builder = new InteractionMatrixBuilder();
        foreach (var (user, item) in ((int, int)[])[(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 2), (3, 0), (3, 3)]) builder.Add(user, item);
        var model = Train("item_knn", builder.Build(4, 4), null, ("neighbours", 2), ("target_exponent", 0));
        var scores = new float[4];
        model.ScoreHistory([0], [1f], scores);
        Assert.True(scores[1] > scores[2] && scores[2] > 0.01f, string.Join(' ', scores));

        // Level with video 2, but a later number.
        Assert.InRange(scores[3], 0, 1e-6f);
    }

    [Theory]
    [InlineData(6, "0.15")]
    [InlineData(48, "0.5")]
    [InlineData(90, "0.66")]
    [InlineData(150, "0.7")]
    public void The_longer_histories_are_the_more_popularity_is_taken_out(int length, string exponent)
    {
        var builder = new InteractionMatrixBuilder();
        for (var viewer = 0; viewer < 20; viewer++)
        {
            for (var i = 0; i < length; i++) builder.Add(viewer, (viewer + i) % 400);
        }

        var data = builder.Build(21, 400);
        Assert.Equal(exponent, Train("item_knn", data, null).Parameters["target_exponent"]);
        Assert.Equal("0.35", Train("item_knn", data, null, ("target_exponent", 0.35)).Parameters["target_exponent"]);
        Assert.Equal("0.2", Train("transitions", data, null).Parameters["target_exponent"]);
    }

    [Fact]
    public void What_follows_is_found_by_order_and_not_without_it()
    {
        var walks = RandomOrder.Walks(rows: 300, columns: 60, length: 8, seed: 3);
        var model = Train("transitions", walks, null);
        var scores = new float[60];
        var right = 0;
        for (var viewer = 0; viewer < 300; viewer++)
        {
            model.Score([viewer], scores);
            foreach (var item in walks.RowColumns(viewer)) scores[item] = 0;
            var last = walks.RowColumns(viewer)[walks.RowTimes(viewer).IndexOf(7u)];
            if (Array.IndexOf(scores, scores.Max()) == (last + 1) % 60) right++;
        }

        Assert.InRange(right, 290, 300);
    }

    [Fact]
    public void A_dislike_counts_against_similar_videos_unless_switched_off()
    {
        var likes = RandomData.TwoTastes(60, 20, seed: 4);
        var dislikes = new InteractionMatrixBuilder();
        dislikes.Add(0, 1);
        var negatives = dislikes.Build(60, 20);
        var (with, without, none) = (new float[20], new float[20], new float[20]);
        Train("item_knn", likes, negatives, ("negative_weight", 0.5), ("target_exponent", 0.3)).Score([0], with);
        var off = TrainerRegistry.Create("item_knn", new Dictionary<string, string> { ["negatives"] = "off", ["target_exponent"] = "0.3" });
        off.Train(new TrainingData(likes) { Negatives = negatives }).Score([0], without);
        Train("item_knn", likes, null, ("target_exponent", 0.3)).Score([0], none);
        Assert.Equal(none, without);
        var (disliked, kin) = (likes.ColumnLengths(), new float[20]);
        Train("item_knn", likes, null, ("target_exponent", 0.3)).ScoreHistory([1], [1f], kin);
        Assert.True(disliked[1] > 0);
        for (var item = 0; item < 20; item++) Assert.Equal(without[item] - (0.5f * kin[item]), with[item], 1e-5f);
        Assert.Contains(kin, k => k > 0.1f);
    }

    [Fact]
    public void Of_a_long_history_the_newest_pairs_count()
    {
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Last, TimeKind.UnixSeconds);
        for (var item = 0; item < 10; item++) builder.Add(0, item, time: 1_000_000u - (uint)item);
        var model = Train("item_knn", builder.Build(1, 10), null, ("history_limit", 3));
        var scores = new float[10];
        model.ScoreHistory([0], [1f], scores);
        Assert.Equal([1, 2], Enumerable.Range(0, 10).Where(i => scores[i] > 1e-6));
    }

    private static double SlowPairs(InteractionMatrix data, int source, int target, double viewerExponent, double gapHalfLife, double backward)
    {
        var pairs = 0.0;
        for (var row = 0; row < data.RowCount; row++)
        {
            var (from, to) = (data.RowColumns(row).IndexOf(source), data.RowColumns(row).IndexOf(target));
            if (from < 0 || to < 0 || from == to) continue;
            var gap = (int)data.RowTimes(row)[to] - (int)data.RowTimes(row)[from];
            var weight = Math.Pow(data.RowLength(row), -viewerExponent);
            if (gapHalfLife > 0) weight *= Math.Pow(2, -(Math.Abs(gap) - 1) / gapHalfLife);
            pairs += gap > 0 ? weight : backward * weight;
        }

        return pairs;
    }

    private static IScoringModel Train(string name, InteractionMatrix likes, InteractionMatrix? dislikes, params (string Key, double Value)[] settings) =>
        TrainerRegistry.Create(name, settings.ToDictionary(s => s.Key, s => s.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)))
            .Train(new TrainingData(likes) { Negatives = dislikes });
}
