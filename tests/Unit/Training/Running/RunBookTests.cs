using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Configuration;
using Recommender.Training;
using Recommender.Training.Running;
using Recommender.V1;
using State = Recommender.V1.TrainingRun.Types.State;

namespace Recommender.Tests.Unit.Training.Running;

public sealed class RunBookTests : IDisposable
{
    private static readonly Dictionary<string, string> s_none = [];
    private readonly string _root = Directory.CreateTempSubdirectory("runs-").FullName;
    private readonly List<IDisposable> _open = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _open.ForEach(o => o.Dispose());
        Directory.Delete(_root, recursive: true);
    }

    private RunStore OpenStore()
    {
        var store = new RunStore(new ModelStore(new StorageOptions { ModelsPath = _root }), TimeProvider.System, NullLogger<RunStore>.Instance);
        _open.Add(store);
        return store;
    }

    private RunBook Open(TrainingOptions? options = null)
    {
        var book = new RunBook(OpenStore(), options ?? new TrainingOptions(), TimeProvider.System, NullLogger<RunBook>.Instance);
        _open.Add(book);
        book.Load();
        return book;
    }

    /// <summary>What a new process finds.</summary>
    private RunBook Restart(TrainingOptions? options = null)
    {
        _open.ForEach(o => o.Dispose());
        _open.Clear();
        return Open(options);
    }

    private static async Task<List<TrainingRun>> WatchAll(TrackedRun run)
    {
        var seen = new List<TrainingRun>();
        await foreach (var change in run.WatchAsync(Token)) seen.Add(change);
        return seen;
    }

    [Fact]
    public async Task Runs_have_their_turn_in_order()
    {
        var book = Open();
        var (first, second) = (book.Start("ials", s_none, false, "request"), book.Start("ials", s_none, false, "request"));
        Assert.Equal(State.Queued, second.Current.State);
        Assert.Equal(2, book.Waiting);
        Assert.Same(first, await book.NextAsync(Token));
        Assert.Equal(State.Running, first.Current.State);
        Assert.NotNull(first.Current.StartedAt);
        Assert.Same(second, await book.NextAsync(Token));
        Assert.Equal([second.Current.RunId, first.Current.RunId], book.List().Select(r => r.RunId));
    }

    [Fact]
    public async Task What_ran_when_the_process_ended_has_failed_and_what_waited_waits_again()
    {
        var book = Open();
        var running = book.Start("ials", s_none, false, "request");
        var waiting = book.Start("popularity", new Dictionary<string, string> { ["half_life_days"] = "3" }, true, "schedule");
        await book.NextAsync(Token);

        book = Restart();
        var failed = book.Find(running.Current.RunId)!.Current;
        Assert.Equal(State.Failed, failed.State);
        Assert.StartsWith("interrupted by a restart", failed.Error, StringComparison.Ordinal);
        Assert.NotNull(failed.EndedAt);
        var next = await book.NextAsync(Token);
        Assert.Equal(waiting.Current.RunId, next.Current.RunId);
        Assert.Equal((true, "schedule", "3"), (next.Stored.PromoteIfBetter, next.Stored.Trigger, next.Current.Parameters["half_life_days"]));
        Assert.Equal(State.Failed, Restart().Find(running.Current.RunId)!.Current.State);
    }

    [Fact]
    public async Task An_interrupted_run_is_begun_again_with_the_same_wish_but_not_for_ever()
    {
        var options = new TrainingOptions { RestartInterrupted = 2 };
        var book = Open(options);
        var interrupted = book.Start("ials", new Dictionary<string, string> { ["factors"] = "9" }, true, "request").Current.RunId;
        await book.NextAsync(Token);
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            book = Restart(options);
            var next = await book.NextAsync(Token);
            Assert.Equal((true, "restart", attempt), (next.Stored.PromoteIfBetter, next.Stored.Trigger, next.Stored.Attempt));
            Assert.Equal("request", next.Stored.FirstTrigger);
            Assert.Equal(("ials", "9"), (next.Current.Trainer, next.Current.Parameters["factors"]));
            Assert.Contains(interrupted, next.Stored.Why, StringComparison.Ordinal);
            Assert.Contains(next.Current.RunId, book.Find(interrupted)!.Current.Error, StringComparison.Ordinal);
            interrupted = next.Current.RunId;
        }
        book = Restart(options);
        Assert.Equal(0, book.Waiting);
        Assert.Equal("interrupted by a restart", book.Find(interrupted)!.Current.Error);
        Assert.Equal(0, Restart(options).Waiting);
    }

    [Fact]
    public async Task A_finished_run_is_the_same_after_a_restart()
    {
        var book = Open();
        book.Start("ials", s_none, false, "request");
        var run = await book.NextAsync(Token);
        run.Change(r => r.Metrics["ndcg@20"] = 0.25);
        book.Finish(run, State.Succeeded, "");
        Assert.Equal(run.Current, Restart().Find(run.Current.RunId)!.Current);
        Assert.Equal(1, run.Current.Progress);
    }

    [Fact]
    public void A_damaged_run_file_does_not_hide_the_others()
    {
        var id = Open().Start("ials", s_none, false, "request").Current.RunId;
        File.WriteAllText(Path.Combine(_root, "runs", "0-damaged.json"), "{\"run\":");
        File.WriteAllText(Path.Combine(_root, "runs", "1-other.json"), "{}");
        Assert.Equal(id, Assert.Single(Restart().List()).RunId);
    }

    [Fact]
    public async Task Cancelling_a_run_that_waits_takes_its_turn_away()
    {
        var book = Open();
        var (first, second) = (book.Start("ials", s_none, false, "request"), book.Start("ials", s_none, false, "request"));
        await book.CancelAsync(first, Token);
        Assert.Equal(State.Cancelled, first.Current.State);
        Assert.Equal(1, book.Waiting);
        Assert.Same(second, await book.NextAsync(Token));
        Assert.Equal(State.Cancelled, Restart().Find(first.Current.RunId)!.Current.State);
    }

    [Fact]
    public async Task Cancelling_a_finished_run_changes_nothing()
    {
        var book = Open();
        book.Start("ials", s_none, false, "request");
        var run = await book.NextAsync(Token);
        book.Finish(run, State.Succeeded, "");
        var before = run.Current;
        await book.CancelAsync(run, Token);
        Assert.Same(before, run.Current);
    }

    [Fact]
    public async Task A_watcher_sees_every_change_until_the_end()
    {
        var book = Open();
        var run = book.Start("ials", s_none, false, "request");
        var watching = WatchAll(run);
        await book.NextAsync(Token);
        foreach (var progress in new[] { 0.25, 0.5 }) run.Change(r => r.Progress = progress);
        book.Finish(run, State.Failed, "because");
        Assert.False(run.Change(r => r.Progress = 0.75));
        Assert.Equal(["Queued 0", "Running 0", "Running 0.25", "Running 0.5", "Failed 0.5"], (await watching).Select(r => $"{r.State} {r.Progress}"));
    }

    [Fact]
    public async Task Watching_a_finished_run_ends_at_once()
    {
        var book = Open();
        var run = book.Start("ials", s_none, false, "request");
        await book.NextAsync(Token);
        book.Finish(run, State.Failed, "because");
        Assert.Equal("because", Assert.Single(await WatchAll(run)).Error);
        Assert.Equal("because", Assert.Single(await WatchAll(Restart().Find(run.Current.RunId)!)).Error);
    }

    [Fact]
    public void Too_many_waiting_runs_are_refused()
    {
        var book = Open(new TrainingOptions { MaxQueuedRuns = 2 });
        book.Start("ials", s_none, false, "request");
        book.Start("ials", s_none, false, "request");
        Assert.Equal(2, Assert.Throws<QueueFullException>(() => book.Start("ials", s_none, false, "request")).Waiting);
        Assert.Equal(2, book.List().Count);
    }

    [Fact]
    public async Task The_oldest_finished_runs_are_forgotten()
    {
        var book = Open(new TrainingOptions { KeepRuns = 3 });
        var ids = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            ids.Add(book.Start("ials", s_none, false, "request").Current.RunId);
            book.Finish(await book.NextAsync(Token), State.Succeeded, "");
        }
        Assert.Equal(ids[^3..], book.List().Select(r => r.RunId).Reverse());
        Assert.Equal(3, Directory.GetFiles(Path.Combine(_root, "runs"), "*.json").Length);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_told()
    {
        var file = Path.Combine(_root, "file");
        File.WriteAllText(file, "");
        using var store = new RunStore(new ModelStore(new StorageOptions { ModelsPath = Path.Combine(file, "models") }), TimeProvider.System, NullLogger<RunStore>.Instance);
        Assert.StartsWith("Storage:ModelsPath must name a folder that this process can write to: ", Assert.Throws<OptionsException>(store.RequireFolder).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_process_with_the_same_folder_is_told()
    {
        Open();
        var error = Assert.Throws<OptionsException>(() => OpenStore().Open());
        Assert.Contains("Storage:ModelsPath", error.Message, StringComparison.Ordinal);
    }
}
