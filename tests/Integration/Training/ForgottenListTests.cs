using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Contracts.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Online;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Weights;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using Recommender.Training;
using Recommender.Training.Dataset;
using Recommender.Training.Publishing;

namespace Recommender.Tests.Integration.Training;

/// <summary>Precomputed lists and viewers who ask to be forgotten while a run is under way.</summary>
public sealed class ForgottenListTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Who_asks_after_the_snapshot_was_taken_has_no_list_of_its_model()
    {
        using var directory = new TempDirectory();
        var archive = new TestArchive(directory.Path);
        archive.AddEvents(TestEvents.Tastes(6, 20));
        archive.Add("erasure", Wish("u5")); // long ago: the events since then count
        var storage = new StorageOptions { ArchivePath = directory.Path };
        var reader = new SnapshotReader(storage, TimeProvider.System, NullLogger<SnapshotReader>.Instance);
        var snapshot = await reader.ReadAsync(_ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(6, snapshot.Events.Viewers.Count);
        var data = TrainingMatrices.Build(snapshot.Events, new InteractionWeights(), counts: null, TestContext.Current.CancellationToken);
        var lists = new ListWriter(redis.Client, reader, new TrainingOptions(), TimeProvider.System, NullLogger<ListWriter>.Instance);

        var (before, during, others) = (snapshot.Events.Viewers[0], snapshot.Events.Viewers[1], snapshot.Events.Viewers.Skip(2).ToArray());
        archive.Add("erasure", Wish(before, 1));
        var model = new Asking(snapshot.Events.Viewers.Count, snapshot.Events.Videos.Count, () => archive.Add("erasure", Wish(during, 1)));
        await lists.WriteAsync(model, "m1", snapshot, data, _ => { }, TestContext.Current.CancellationToken);

        foreach (var viewer in (string[])[before, during]) Assert.Null(await redis.Client.GetAsync(OnlineKeys.List(viewer), TestContext.Current.CancellationToken));
        foreach (var viewer in others) Assert.NotNull(await redis.Client.GetAsync(OnlineKeys.List(viewer), TestContext.Current.CancellationToken));
    }

    private static IEnumerable<byte[]> Wish(string user, int daysFromNow = -3000) =>
        [JsonSerializer.SerializeToUtf8Bytes(new Erasure($"e-{user}", user, TimeProvider.System.GetUtcNow().AddDays(daysFromNow)), RecordJson.Default.Erasure)];

    /// <summary>A model during whose first answer somebody asks to be forgotten.</summary>
    private sealed class Asking(int viewers, int items, Action ask) : IViewerScorer
    {
        private Action? _ask = ask;

        public int ViewerCount => viewers;

        public int ItemCount => items;

        public void Score(ReadOnlySpan<int> viewers, Span<float> scores)
        {
            Interlocked.Exchange(ref _ask, null)?.Invoke();
            scores.Fill(1);
        }
    }
}
