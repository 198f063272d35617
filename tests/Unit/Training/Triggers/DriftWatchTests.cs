using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Contracts.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Trainers.Popularity;
using Recommender.Tests.Shared;
using Recommender.Training;
using Recommender.Training.Dataset;
using Recommender.Training.Publishing;
using Recommender.Training.Running;
using Recommender.Training.Triggers;
using Recommender.V1;
using State = Recommender.V1.TrainingRun.Types.State;

namespace Recommender.Tests.Unit.Training.Triggers;

public sealed class DriftWatchTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("drift-").FullName;
    private readonly FakeTime _time = new();
    private readonly StorageOptions _storage;
    private readonly ModelStore _models;
    private readonly TestArchive _archive;
    private readonly RunStore _store;
    private RunBook? _book;

    public DriftWatchTests()
    {
        _storage = new StorageOptions { ModelsPath = Path.Combine(_root, "models"), ArchivePath = Path.Combine(_root, "archive") };
        _models = new ModelStore(_storage);
        _archive = new TestArchive(_storage.ArchivePath);
        _store = new RunStore(_models, TimeProvider.System, NullLogger<RunStore>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _book?.Dispose();
        _store.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>A live model of everything archived so far, whose run ended long ago.</summary>
    private async Task MakeLiveAsync(DateTimeOffset since)
    {
        var snapshot = await new SnapshotReader(_storage, _time, NullLogger<SnapshotReader>.Instance).ReadAsync(_ => { }, Token);
        var popularity = new float[snapshot.Events.Videos.Count];
        for (var viewer = 0; viewer < snapshot.Events.Viewers.Count; viewer++)
            foreach (var video in snapshot.Events.Events(viewer).Videos) popularity[video]++;
        var model = new PopularityModel(snapshot.Events.Viewers.Count, popularity);
        var manifest = new ModelManifest
        {
            Version = "m1", RunId = "r1", Trainer = "popularity", Parameters = new Dictionary<string, string>(), Weights = new Dictionary<string, string>(),
            DataVersion = snapshot.Version, DataRanges = snapshot.Ranges, CodeVersion = "c", Metrics = new Dictionary<string, double>(), CreatedAt = since,
            Items = popularity.Length, Factors = 0, Files = [],
        };
        _models.Save(manifest, ModelFiles.Writers(model, snapshot.Events));
        _models.WriteLive(new LiveChange("m1", "promoted", since, "test"));
        Directory.CreateDirectory(_models.RunsPath);
        _store.SaveReport(new RunReport(
            "r1", "request", "", "c", "cpu", 1, 1, snapshot.Version, snapshot.Ranges, snapshot.Counts, new Dictionary<string, Distribution>(), "time", [], "m1", true, "", [],
            InputProfile.Of(snapshot.Events, popularity)));
    }

    private async Task<IReadOnlyList<StoredRun>> LookAsync(TriggerOptions triggers)
    {
        var options = new TrainingOptions { Triggers = triggers };
        if (_book is null)
        {
            _book = new RunBook(_store, options, _time, NullLogger<RunBook>.Instance);
            _book.Load();
        }
        using var watch = new DriftWatch(_book, _store, _models, _storage, options, _time, NullLogger<DriftWatch>.Instance);
        await watch.LookAsync(Token);
        return [.. _book.List().Select(r => _book.Find(r.RunId)!.Stored)];
    }

    private static TriggerOptions Input(double most = 0.25, int events = 100) => new() { MaxInputDrift = most, MinDriftEvents = events, MaxQualityDrop = 0 };

    [Fact]
    public async Task Events_like_those_of_the_model_ask_for_nothing()
    {
        _archive.AddEvents(TestEvents.Tastes(100, 60));
        await MakeLiveAsync(_time.Now);
        _archive.AddEvents(TestEvents.Tastes(100, 60, seed: 2));
        Assert.Empty(await LookAsync(Input()));
    }

    [Fact]
    public async Task Other_videos_other_signals_and_other_watch_times_ask_for_a_run_that_says_why()
    {
        _archive.AddEvents(TestEvents.Tastes(100, 60));
        await MakeLiveAsync(_time.Now);
        _archive.AddEvents(Enumerable.Range(0, 400).Select(i => TestEvents.One($"viewer-{i % 100:D4}", $"brand-new-{i % 9}", i, EventType.Share)));
        Assert.Empty(await LookAsync(Input(events: 401)));
        Assert.Empty(await LookAsync(Input(most: 0)));
        Assert.Empty(await LookAsync(Input(most: 100)));
        var run = Assert.Single(await LookAsync(Input()));
        Assert.Equal(("input_drift", true), (run.Trigger, run.PromoteIfBetter));
        Assert.Matches("of 400 new events differs from the data of m1: stability index \\d+\\.\\d+, allowed 0.25", run.Why);
        Assert.Single(await LookAsync(Input())); // one waits already
    }

    [Fact]
    public async Task A_damaged_live_model_is_nothing_to_measure_from_and_ends_nothing()
    {
        _archive.AddEvents(TestEvents.Tastes(100, 60));
        await MakeLiveAsync(_time.Now);
        _archive.AddEvents(Enumerable.Range(0, 400).Select(i => TestEvents.One("u", $"brand-new-{i % 9}", i, EventType.Share)));
        var ids = _models.PathOf("m1", ModelFiles.ItemIds);
        var good = await File.ReadAllTextAsync(ids, Token);
        await File.WriteAllTextAsync(ids, good[..^3], Token);
        Assert.Empty(await LookAsync(Input()));
        await File.WriteAllTextAsync(ids, good, Token);
        Assert.Single(await LookAsync(Input()));
    }

    [Fact]
    public async Task Drift_asks_again_only_after_a_pause()
    {
        _archive.AddEvents(TestEvents.Tastes(100, 60));
        await MakeLiveAsync(_time.Now);
        _archive.AddEvents(Enumerable.Range(0, 400).Select(i => TestEvents.One("u", $"brand-new-{i % 9}", i, EventType.Share)));
        await LookAsync(Input());
        _book!.Finish(await _book.NextAsync(Token), State.Succeeded, "");
        _time.Now += TimeSpan.FromHours(5);
        Assert.Single(await LookAsync(Input()));
        _time.Now += TimeSpan.FromHours(1);
        Assert.Equal(2, (await LookAsync(Input())).Count);
    }

    [Fact]
    public async Task Without_a_live_model_there_is_no_drift() => Assert.Empty(await LookAsync(Input()));

    /// <summary>Impressions of 100 viewers, of which a share is liked an hour later, on a day of November 2026.</summary>
    private void Show(int day, int perViewer, double share, string model = "m1")
    {
        var random = new Random(day);
        var (impressions, likes) = (new List<byte[]>(), new List<byte[]>());
        for (var i = 0; i < 100 * perViewer; i++)
        {
            var (user, video, at) = ($"viewer-{i % 100:D4}", $"video-{day}-{i}", new DateTimeOffset(2026, 11, day, 1, 0, 0, TimeSpan.Zero).AddSeconds(i));
            impressions.Add(JsonSerializer.SerializeToUtf8Bytes(
                new Impression("r", user, video, 0, "precomputed", 1, 1, model, "", "", "none", at), RecordJson.Default.Impression));
            if (random.NextDouble() < share)
                likes.Add(EventJson.Serialize(TestEvents.One(user, video, ((day - 1) * 86_400) + 7200 + i, EventType.Like)));
        }
        _archive.Add("impression", impressions, day: day);
        if (likes.Count > 0) _archive.Add("like", likes, day: day);
    }

    private async Task<IReadOnlyList<StoredRun>> QualityAsync(double lately, double most = 0.2, int lateDay = 10, string model = "m1", int impressions = 500)
    {
        _archive.AddEvents(TestEvents.Tastes(20, 60));
        await MakeLiveAsync(new DateTimeOffset(2026, 11, 3, 0, 0, 0, TimeSpan.Zero));
        Show(3, 10, 0.3);
        Show(lateDay, 10, lately, model);
        _time.Now = new DateTimeOffset(2026, 11, lateDay, 20, 0, 0, TimeSpan.Zero);
        return await LookAsync(new TriggerOptions { MaxInputDrift = 0, MaxQualityDrop = most, MinImpressions = impressions });
    }

    [Fact]
    public async Task A_model_that_is_taken_up_less_than_in_its_first_days_asks_for_a_run()
    {
        var run = Assert.Single(await QualityAsync(lately: 0.15));
        Assert.Equal("quality_drop", run.Trigger);
        Assert.Matches("the hit rate of m1 fell from (29|30|31|28)\\.\\d % of 1000 impressions in its first days to 1\\d\\.\\d % of 1000", run.Why);
    }

    [Fact]
    public async Task What_viewers_have_had_no_time_to_answer_yet_is_no_fall()
    {
        // Impressions of the eleventh are half an hour old, and so are not liked yet; hours later nobody has liked them.
        _archive.AddEvents(TestEvents.Tastes(20, 60));
        await MakeLiveAsync(new DateTimeOffset(2026, 11, 3, 0, 0, 0, TimeSpan.Zero));
        Show(3, 10, 0.3);
        Show(10, 10, 0.3);
        Show(11, 10, 0);
        _time.Now = new DateTimeOffset(2026, 11, 11, 1, 30, 0, TimeSpan.Zero);
        Assert.Empty(await LookAsync(new TriggerOptions { MaxInputDrift = 0, MaxQualityDrop = 0.2, MinImpressions = 500, QualityWindow = TimeSpan.FromDays(1.2) }));
        _time.Now = new DateTimeOffset(2026, 11, 11, 20, 0, 0, TimeSpan.Zero);
        Assert.Single(await LookAsync(new TriggerOptions { MaxInputDrift = 0, MaxQualityDrop = 0.2, MinImpressions = 500, QualityWindow = TimeSpan.FromDays(1.2) }));
    }

    [Theory]
    [InlineData(0.29, 0.2, 10, "m1", 500)]  // within what is allowed
    [InlineData(0.15, 0.0, 10, "m1", 500)]  // off
    [InlineData(0.15, 0.8, 10, "m1", 500)]  // much is allowed
    [InlineData(0.15, 0.2, 4, "m1", 500)]   // its first days are not over
    [InlineData(0.15, 0.2, 10, "m0", 500)]  // another model's
    [InlineData(0.15, 0.2, 10, "m1", 1001)] // too few
    public async Task Otherwise_it_asks_for_none(double lately, double most, int day, string model, int impressions) =>
        Assert.Empty(await QualityAsync(lately, most, day, model, impressions));
}
