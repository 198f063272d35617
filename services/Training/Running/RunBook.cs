using Google.Protobuf.WellKnownTypes;
using Recommender.V1;

namespace Recommender.Training.Running;

/// <summary>Too many runs wait already.</summary>
internal sealed class QueueFullException(int waiting) : Exception
{
    /// <summary>Runs that wait.</summary>
    public int Waiting { get; } = waiting;
}

/// <summary>The run is executed by another process, which alone can stop it.</summary>
internal sealed class RunsElsewhereException : Exception;

/// <summary>All runs: those that wait for their turn, the one that runs, and the finished ones. Safe for concurrent use.</summary>
internal sealed class RunBook(RunStore store, TrainingOptions options, TimeProvider time, ILogger<RunBook> logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SortableIds _ids = new(time);
    private readonly SortedDictionary<string, TrackedRun> _runs = new(StringComparer.Ordinal);
    private readonly Queue<TrackedRun> _queue = new();
    private readonly SemaphoreSlim _waiting = new(0);

    /// <summary>Runs that wait for their turn.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock) return _queue.Count;
        }
    }

    /// <summary>Trigger of a run that takes the place of an interrupted one.</summary>
    public const string RestartTrigger = "restart";

    /// <summary>What an interrupted run says as its error, at the beginning.</summary>
    public const string Interrupted = "interrupted by a restart";

    /// <summary>
    /// Reads the stored runs. Those that waited wait again. One that was running when the process ended was interrupted and has failed; a new one
    /// begins in its place, unless that has happened too often in a row.
    /// </summary>
    public void Load()
    {
        var interrupted = new List<TrackedRun>();
        foreach (var stored in store.Open())
        {
            var run = new TrackedRun(store, stored);
            _runs[stored.Run.RunId] = run;
            if (stored.Run.State == TrainingRun.Types.State.Queued)
            {
                Enqueue(run);
            }
            else if (!TrackedRun.IsFinal(stored.Run.State))
            {
                interrupted.Add(run);
            }
        }
        interrupted.ForEach(Replace);
    }

    /// <summary>Reads the runs that other processes have stored since the last look; nothing is queued or changed here.</summary>
    public void Follow()
    {
        var stored = store.ReadAll();
        lock (_lock)
        {
            foreach (var run in stored)
            {
                if (_runs.TryGetValue(run.Run.RunId, out var known)) known.Follow(run);
                else _runs[run.Run.RunId] = new TrackedRun(store, run);
            }
            var gone = _runs.Where(r => TrackedRun.IsFinal(r.Value.Current.State)).Select(r => r.Key).Except(stored.Select(r => r.Run.RunId)).ToArray();
            foreach (var id in gone) _runs.Remove(id);
        }
    }

    /// <summary>Puts a run into the queue. It is stored before this returns.</summary>
    /// <exception cref="QueueFullException">Too many wait.</exception>
    public TrackedRun Start(string trainer, IReadOnlyDictionary<string, string> parameters, bool promoteIfBetter, string trigger, string why = "", int attempt = 0, string origin = "")
    {
        lock (_lock)
        {
            var waiting = IsFollower ? _runs.Values.Count(r => r.Current.State == TrainingRun.Types.State.Queued) : _queue.Count;
            if (waiting >= options.MaxQueuedRuns) throw new QueueFullException(waiting);
            if (!IsFollower) ForgetOldest();
            var run = new TrainingRun { RunId = _ids.Next(), State = TrainingRun.Types.State.Queued, Trainer = trainer, Device = "cpu" };
            run.Parameters.Add(new Dictionary<string, string>(parameters));
            var stored = new StoredRun(run, promoteIfBetter, trigger, why, attempt, origin);
            store.Save(stored);
            var tracked = new TrackedRun(store, stored);
            _runs[run.RunId] = tracked;
            if (!IsFollower) Enqueue(tracked);
            return tracked;
        }
    }

    /// <summary>The run of that id, or null.</summary>
    public TrackedRun? Find(string runId)
    {
        lock (_lock)
            if (_runs.TryGetValue(runId, out var run)) return run;
        if (!IsFollower) return null;
        // Another replica may have taken the wish a moment ago.
        Follow();
        lock (_lock) return _runs.GetValueOrDefault(runId);
    }

    /// <summary>All runs, newest first.</summary>
    public IReadOnlyList<TrainingRun> List()
    {
        lock (_lock) return [.. _runs.Values.Reverse().Select(r => r.Current)];
    }

    /// <summary>Whether a run waits or runs.</summary>
    public bool IsBusy => List().Any(r => !TrackedRun.IsFinal(r.State));

    /// <summary>Cancels a run that waits at once; asks one that runs to stop and waits for that.</summary>
    /// <exception cref="RunsElsewhereException">Another process executes it.</exception>
    public async Task CancelAsync(TrackedRun run, CancellationToken cancellationToken)
    {
        if (IsFollower)
        {
            Follow();
            if (run.Current.State == TrainingRun.Types.State.Running) throw new RunsElsewhereException();
        }
        run.RequestCancel();
        var waited = run.TryChange(r =>
        {
            if (r.State != TrainingRun.Types.State.Queued) return false;
            End(r, TrainingRun.Types.State.Cancelled, "");
            return true;
        });
        if (waited) Dequeue(run);
        await run.Ended.WaitAsync(cancellationToken);
    }

    /// <summary>Waits for the next run whose turn it is, and makes it the running one.</summary>
    public async Task<TrackedRun> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _waiting.WaitAsync(cancellationToken);
            TrackedRun? run;
            lock (_lock)
            {
                // Cancelled runs have left the queue, but not the count.
                if (!_queue.TryDequeue(out run)) continue;
            }
            // A process that keeps the registry may have cancelled it while it waited for this one.
            if (options.Mode == TrainingMode.Once && store.Find(run.Current.RunId) is { } stored) run.Follow(stored);
            var started = run.TryChange(r =>
            {
                if (r.State != TrainingRun.Types.State.Queued) return false;
                r.State = TrainingRun.Types.State.Running;
                r.StartedAt = time.GetUtcNow().ToTimestamp();
                return true;
            });
            if (started) return run;
        }
    }

    /// <summary>Ends a run, unless it has ended.</summary>
    public void Finish(TrackedRun run, TrainingRun.Types.State state, string error)
    {
        run.Change(r => End(r, state, error));
        lock (_lock) ForgetOldest();
    }

    /// <inheritdoc/>
    public void Dispose() => _waiting.Dispose();

    private bool IsFollower => options.Mode == TrainingMode.Registry;

    private void Replace(TrackedRun run)
    {
        var (stored, asked, error) = (run.Stored, run.Current.Clone(), Interrupted);
        if (stored.Attempt < options.RestartInterrupted && Waiting < options.MaxQueuedRuns)
        {
            var why = $"in place of run {asked.RunId}, which a restart or a crash interrupted";
            error += "; run " + Start(asked.Trainer, asked.Parameters, stored.PromoteIfBetter, RestartTrigger, why, stored.Attempt + 1, stored.FirstTrigger).Current.RunId + " takes its place";
        }
        RunBookLog.Interrupted(logger, asked.RunId, error);
        run.Change(r => End(r, TrainingRun.Types.State.Failed, error));
    }

    private void End(TrainingRun run, TrainingRun.Types.State state, string error)
    {
        run.State = state;
        run.Error = error;
        run.EndedAt = time.GetUtcNow().ToTimestamp();
        if (state == TrainingRun.Types.State.Succeeded) run.Progress = 1;
    }

    private void ForgetOldest()
    {
        foreach (var (id, old) in _runs.Take(Math.Max(0, _runs.Count - options.KeepRuns)).ToArray())
        {
            if (!TrackedRun.IsFinal(old.Current.State)) continue;
            _runs.Remove(id);
            store.Delete(id);
        }
    }

    private void Dequeue(TrackedRun run)
    {
        lock (_lock)
        {
            var others = _queue.Where(r => r != run).ToArray();
            _queue.Clear();
            foreach (var other in others) _queue.Enqueue(other);
        }
    }

    private void Enqueue(TrackedRun run)
    {
        lock (_lock) _queue.Enqueue(run);
        _waiting.Release();
    }
}

internal static partial class RunBookLog
{
    [LoggerMessage(EventId = 6111, EventName = "RunInterrupted", Level = LogLevel.Warning, Message = "Training run {RunId} was {Words}")]
    public static partial void Interrupted(ILogger logger, string runId, string words);
}
