using System.Text;
using Recommender.Hosting.Archive;
using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers.Ials;
using Recommender.Modeling.Trainers.Popularity;
using Recommender.Modeling.Weights;
using Recommender.Tests.Unit.Modeling.Sparse;
using Recommender.Training.Dataset;
using Recommender.Training.Judging;

namespace Recommender.Tests.Unit.Training.Dataset;

/// <summary>A hundred million interactions must fit in about twelve bytes each: the events themselves, and what a trainer makes of them.</summary>
[Collection(nameof(MemoryTests))]
public sealed class DatasetMemoryTests
{
    private const int Viewers = 5_000;
    private const int Videos = 2_000;
    private const int PerViewer = 200;
    private const long Events = (long)Viewers * PerViewer;

    [Fact]
    public void Events_take_twelve_bytes_each()
    {
        var taken = HeapTaken.By(Build);
        // Ids, where a viewer's events begin, durations.
        const int Rest = (Viewers * 24) + (Videos * 24);
        Assert.InRange(taken, 11 * Events, (12 * Events) + Rest + 500_000);
    }

    [Theory]
    [InlineData(IalsTrainer.TrainerName, 12)]
    [InlineData(PopularityTrainer.TrainerName, 16)]
    public void A_trainer_that_does_not_look_at_times_is_given_none(string trainer, int perInteraction)
    {
        var data = Build();
        var taken = HeapTaken.By(() => Both(data, trainer));
        var count = Both(data, trainer).Matrix.Count;
        const int Rest = (8 * (Viewers + Videos)) + (4 * 65_536);
        Assert.InRange(taken, (perInteraction - 1) * count, (perInteraction * count) + Rest + 500_000);
    }

    // Both orientations, as implicit ALS holds them.
    private static (InteractionMatrix Matrix, TransposedRows Other) Both(EventDataset data, string trainer)
    {
        var matrix = TrainingMatrices.Build(data, new Recipe(trainer, new Dictionary<string, string>(), new InteractionWeights()), counts: null, TestContext.Current.CancellationToken).Interactions;
        return (matrix, new TransposedRows(matrix, new FoldInSettings()));
    }

    private static EventDataset Build()
    {
        var random = new Random(1);
        var builder = new EventDatasetBuilder(new VideoTable(), new ErasureTable());
        var columns = new EventColumns();
        for (var viewer = 0; viewer < Viewers; viewer++)
        {
            var user = Encoding.UTF8.GetBytes($"viewer-{viewer}");
            for (var i = 0; i < PerViewer; i++)
            {
                var video = Encoding.UTF8.GetBytes($"video-{(i * Videos / PerViewer) + random.Next(Videos / PerViewer)}");
                var at = 1_790_000_000_000 + (random.NextInt64() % 200_000_000_000);
                columns.TryAdd(user, columns.AskForViewer(user), video, columns.AskForVideo(video), (byte)Signal.View, at, at, 3 + (60 * random.NextSingle()), eventId: 0);
            }

            if (viewer % 100 != 99) continue;
            builder.Add(columns);
            columns.Clear();
        }

        var data = builder.Build(TestContext.Current.CancellationToken);
        Assert.Equal(Events, data.EventCount);
        return data;
    }
}
