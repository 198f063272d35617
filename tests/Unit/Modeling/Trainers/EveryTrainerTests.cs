using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;

namespace Recommender.Tests.Unit.Modeling.Trainers;

/// <summary>What holds for whatever trainer is registered.</summary>
public sealed class EveryTrainerTests
{
    // Not those that other projects register.
    public static TheoryData<string> Names => ["blend", "bpr", "ease", "graph_filter", "ials", "item_knn", "popularity", "transitions"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_to_learn_from_is_told(string name)
    {
        foreach (var (rows, columns) in ((int, int)[])[(0, 0), (3, 0), (0, 3), (3, 3)])
        {
            var data = new TrainingData(InteractionMatrix.Empty(rows, columns));
            Assert.Throws<TrainingDataException>(() => TrainerRegistry.Create(name).Train(data));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Odd_data_give_finite_scores_or_a_sentence(string name)
    {
        InteractionMatrix[] odd =
        [
            RandomData.Interactions(1, 1, 2, seed: 1),
            RandomData.Interactions(1, 40, 2, seed: 1),
            RandomData.Interactions(40, 1, 2, seed: 1),
            RandomData.Interactions(20, 15, 2, seed: 1),
            RandomData.Interactions(30, 20, 0.05, seed: 2, withConfidence: true),
            RandomOrder.Histories(30, 20, 5, seed: 3),
            AllAtOnce(30, 20),
            OneHugeRow(3000),
            Confident(1e30f),
            Confident(1e-30f),
        ];
        foreach (var likes in odd)
        {
            var disliked = RandomData.Interactions(likes.RowCount, likes.ColumnCount, 0.1, seed: 9).Without(likes);
            foreach (var negatives in (InteractionMatrix?[])[null, disliked])
            {
                IScoringModel model;
                try
                {
                    model = TrainerRegistry.Create(name, Small(name)).Train(new TrainingData(likes) { Negatives = negatives });
                }
                catch (TrainingDataException e)
                {
                    Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
                    continue;
                }

                var scores = new float[likes.RowCount * likes.ColumnCount];
                model.Score([.. Enumerable.Range(0, likes.RowCount)], scores);
                Assert.All(scores, s => Assert.True(float.IsFinite(s), $"{name} on {likes.RowCount} x {likes.ColumnCount} scores {s}"));
                model.ScoreHistory([], [], scores.AsSpan(0, likes.ColumnCount));
                Assert.All(scores, s => Assert.True(float.IsFinite(s)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_change_no_bit(string name)
    {
        if (!TrainerRegistry.Describe(name).Any(p => p.Key == "threads")) return;
        var likes = RandomOrder.Histories(400, 150, 12, seed: 5);
        var data = new TrainingData(likes) { Negatives = RandomData.Interactions(400, 150, 0.01, seed: 6).Without(likes) };
        var results = new List<float[]>();
        foreach (var threads in (string[])["1", "2", "5"])
        {
            var scores = new float[400 * 150];
            var settings = new Dictionary<string, string>(Small(name)) { ["threads"] = threads };
            TrainerRegistry.Create(name, settings).Train(data).Score([.. Enumerable.Range(0, 400)], scores);
            results.Add(scores);
        }

        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Training_stops_when_cancelled(string name)
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => TrainerRegistry.Create(name).Train(new TrainingData(RandomData.TwoTastes(30, 20, seed: 1)), cancellationToken: cancelled.Token));
    }

    private static Dictionary<string, string> Small(string name) => name switch
    {
        "ials" or "bpr" => new() { ["factors"] = "6" },
        "graph_filter" => new() { ["rank"] = "6" },
        "blend" => new() { ["ials.factors"] = "6", ["graph_filter.rank"] = "6" },
        _ => [],
    };

    private static InteractionMatrix AllAtOnce(int rows, int columns)
    {
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Last, TimeKind.UnixSeconds);
        for (var row = 0; row < rows; row++)
        {
            for (var column = row % 3; column < columns; column += 3) builder.Add(row, column, time: 1_700_000_000);
        }

        return builder.Build(rows, columns);
    }

    private static InteractionMatrix OneHugeRow(int columns)
    {
        var builder = new InteractionMatrixBuilder();
        for (var column = 0; column < columns; column++) builder.Add(0, column);
        for (var row = 1; row < 5; row++) builder.Add(row, row);
        return builder.Build(5, columns);
    }

    private static InteractionMatrix Confident(float value)
    {
        var builder = new InteractionMatrixBuilder();
        for (var row = 0; row < 10; row++)
        {
            for (var i = 0; i < 3; i++) builder.Add(row, (row + i) % 7, value);
        }

        return builder.Build(10, 7);
    }
}
