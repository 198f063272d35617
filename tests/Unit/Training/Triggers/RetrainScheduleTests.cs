using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Artifacts;
using Recommender.Tests.Shared;
using Recommender.Training;
using Recommender.Training.Dataset;
using Recommender.Training.Running;
using Recommender.Training.Triggers;
using State = Recommender.V1.TrainingRun.Types.State;

namespace Recommender.Tests.Unit.Training.Triggers;

public sealed class RetrainScheduleTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("schedule-").FullName;
    private readonly FakeTime _time = new();
    private readonly TestArchive _archive;
    private readonly RunStore _store;
    private readonly RunBook _book;
    private readonly RetrainSchedule _schedule;
    private readonly DateTimeOffset _started;
    private readonly StorageOptions _storage;

    public RetrainScheduleTests()
    {
        var options = new TrainingOptions { Interval = TimeSpan.FromMinutes(30), MinNewEvents = 10 };
        var storage = _storage = new StorageOptions { ModelsPath = Path.Combine(_root, "models"), ArchivePath = Path.Combine(_root, "archive") };
        _archive = new TestArchive(storage.ArchivePath);
        _store = new RunStore(new ModelStore(storage), TimeProvider.System, NullLogger<RunStore>.Instance);
        _book = new RunBook(_store, options, _time, NullLogger<RunBook>.Instance);
        _book.Load();
        _started = _time.Now;
        _schedule = new RetrainSchedule(
            _book, new SnapshotReader(storage, _time, NullLogger<SnapshotReader>.Instance), options, _time, NullLogger<RetrainSchedule>.Instance);
    }

    public void Dispose()
    {
        _schedule.Dispose();
        _book.Dispose();
        _store.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private int RunsAfter(TimeSpan wait)
    {
        _time.Now += wait;
        _schedule.Check(_started);
        return _book.List().Count;
    }

    private async Task EndRunAsync(int archivedEvents)
    {
        var run = await _book.NextAsync(TestContext.Current.CancellationToken);
        run.Change(r => r.Metrics["archived_events"] = archivedEvents);
        _book.Finish(run, State.Succeeded, "");
    }

    private void Archive(int events) => _archive.Add("view", Enumerable.Range(0, events).Select(i => $"{{\"{i}\":0}}"));

    [Fact]
    public void The_first_run_waits_for_the_interval_and_for_enough_events()
    {
        Archive(10);
        Assert.Equal(0, RunsAfter(TimeSpan.FromMinutes(29)));
        Assert.Equal(1, RunsAfter(TimeSpan.FromMinutes(1)));
        Assert.True(_book.Find(_book.List()[0].RunId)!.Stored is { PromoteIfBetter: true, Trigger: "schedule" });
    }

    [Fact]
    public void Too_few_events_ask_for_no_run()
    {
        Archive(9);
        Assert.Equal(0, RunsAfter(TimeSpan.FromHours(5)));
        Archive(1);
        Assert.Equal(1, RunsAfter(TimeSpan.Zero));
    }

    [Fact]
    public async Task The_next_run_waits_for_the_interval_and_for_new_events()
    {
        Archive(20);
        RunsAfter(TimeSpan.FromHours(1));
        Assert.Equal(1, RunsAfter(TimeSpan.FromHours(1))); // one waits already
        await EndRunAsync(archivedEvents: 20);
        Archive(9);
        Assert.Equal(1, RunsAfter(TimeSpan.FromHours(1)));
        Archive(1);
        Assert.Equal(2, RunsAfter(TimeSpan.Zero));
    }

    [Fact]
    public async Task An_archive_that_shrank_counts_as_changed()
    {
        Archive(20);
        RunsAfter(TimeSpan.FromHours(1));
        await EndRunAsync(archivedEvents: 40);
        Assert.Equal(2, RunsAfter(TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task The_interval_counts_from_the_end_of_the_last_run()
    {
        Archive(20);
        RunsAfter(TimeSpan.FromHours(1));
        _time.Now += TimeSpan.FromHours(3);
        await EndRunAsync(archivedEvents: 0);
        Assert.Equal(1, RunsAfter(TimeSpan.FromMinutes(29)));
        Assert.Equal(2, RunsAfter(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Very_many_new_events_ask_for_a_run_before_the_interval_is_over_and_without_one()
    {
        foreach (var interval in new[] { TimeSpan.FromMinutes(30), TimeSpan.Zero })
        {
            var options = new TrainingOptions { Interval = interval, Triggers = new TriggerOptions { NewEvents = 50 } };
            using var schedule = new RetrainSchedule(_book, new SnapshotReader(_storage, _time, NullLogger<SnapshotReader>.Instance), options, _time, NullLogger<RetrainSchedule>.Instance);
            var before = _book.List().Count;
            var archived = before * 50;
            Archive(49);
            schedule.Check(_time.Now);
            Assert.Equal(before, _book.List().Count);
            Archive(1);
            schedule.Check(_time.Now);
            var run = _book.Find(_book.List()[0].RunId)!.Stored;
            Assert.Equal(("new_events", "50 events were archived since the last run, 50 ask for one"), (run.Trigger, run.Why));
            await EndRunAsync(archived + 50);
        }
    }

    [Fact]
    public void A_scheduled_run_says_why()
    {
        Archive(10);
        RunsAfter(TimeSpan.FromMinutes(30));
        Assert.Equal("a run was due, and 10 events were archived since the last one", _book.Find(_book.List()[0].RunId)!.Stored.Why);
    }
}
