using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Recommender.V1;

namespace Recommender.Training.Running;

/// <summary>One run with everybody who watches it. Safe for concurrent use.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without timer or link holds nothing to free.")]
internal sealed class TrackedRun
{
    // More than the changes of a long run; a watcher that is further behind misses some in between, never the last.
    private const int WatcherBacklog = 4096;

    private readonly Lock _lock = new();
    private readonly RunStore _store;
    private readonly List<ChannelWriter<TrainingRun>> _watchers = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _cancellation = new();
    private StoredRun _stored;

    public TrackedRun(RunStore store, StoredRun stored)
    {
        (_store, _stored) = (store, stored);
        if (IsFinal(stored.Run.State)) _ended.SetResult();
    }

    /// <summary>The run as it is now; never changed in place.</summary>
    public TrainingRun Current => Volatile.Read(ref _stored).Run;

    /// <summary>The run with what the public message does not say.</summary>
    public StoredRun Stored => Volatile.Read(ref _stored);

    /// <summary>Cancelled when somebody cancels the run.</summary>
    public CancellationToken Cancelled => _cancellation.Token;

    /// <summary>Ends with the run.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether a state is one that a run stays in.</summary>
    public static bool IsFinal(TrainingRun.Types.State state) =>
        state is TrainingRun.Types.State.Succeeded or TrainingRun.Types.State.Failed or TrainingRun.Types.State.Cancelled;

    /// <summary>
    /// Changes a run that has not ended, stores a change of state, and tells the watchers. False when the run has ended, or
    /// <paramref name="change"/> declines.
    /// </summary>
    public bool TryChange(Func<TrainingRun, bool> change)
    {
        lock (_lock)
        {
            var before = _stored.Run;
            if (IsFinal(before.State)) return false;
            var after = before.Clone();
            if (!change(after)) return false;
            var stored = _stored with { Run = after };
            if (after.State != before.State) _store.TrySave(stored);
            Take(stored);
            return true;
        }
    }

    private void Take(StoredRun stored)
    {
        Volatile.Write(ref _stored, stored);
        foreach (var watcher in _watchers) watcher.TryWrite(stored.Run);
        if (!IsFinal(stored.Run.State)) return;
        foreach (var watcher in _watchers) watcher.TryComplete();
        _watchers.Clear();
        _ended.TrySetResult();
    }

    /// <summary>Takes over what another process has stored, and tells the watchers; a run that has ended stays as it is.</summary>
    public void Follow(StoredRun stored)
    {
        lock (_lock)
        {
            if (IsFinal(_stored.Run.State) || _stored.Run.Equals(stored.Run)) return;
            Take(stored);
        }
    }

    /// <summary>As <see cref="TryChange"/> for changes that never decline.</summary>
    public bool Change(Action<TrainingRun> change) => TryChange(run =>
    {
        change(run);
        return true;
    });

    /// <summary>Asks the run to stop; it may take a moment.</summary>
    public void RequestCancel() => _cancellation.Cancel();

    /// <summary>The run as it is now and after every change, until it ends.</summary>
    public async IAsyncEnumerable<TrainingRun> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var bounds = new BoundedChannelOptions(WatcherBacklog) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true };
        var channel = Channel.CreateBounded<TrainingRun>(bounds);
        lock (_lock)
        {
            channel.Writer.TryWrite(_stored.Run);
            if (IsFinal(_stored.Run.State)) channel.Writer.Complete();
            else _watchers.Add(channel.Writer);
        }
        try
        {
            await foreach (var run in channel.Reader.ReadAllAsync(cancellationToken)) yield return run;
        }
        finally
        {
            lock (_lock) _watchers.Remove(channel.Writer);
        }
    }
}
