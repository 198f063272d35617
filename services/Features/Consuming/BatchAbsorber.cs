using System.Diagnostics;
using System.Runtime.InteropServices;
using Recommender.Features.Online;
using Recommender.Features.State;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Privacy;
using Recommender.Hosting.Redis;
using Recommender.Hosting.Telemetry;
using Recommender.V1;
using Erasure = Recommender.Contracts.Json.Erasure;

namespace Recommender.Features.Consuming;

/// <summary>Takes a batch of records all the way: rejected ones aside, online state, archive, and the word to whoever paces the producers.</summary>
internal sealed class BatchAbsorber(
    IOnlineStore store, PartitionAbsorber partitions, DurationCache durations, RejectedRecords rejected, IProducePacer pacer,
    FeatureMetrics metrics, TimeProvider time, ILogger<BatchAbsorber> logger, ErasureStatusStore? statuses = null)
{
    private readonly SharedTexts _videoIds = new();

    /// <summary>
    /// An empty batch of records of what this process owns. There are two at a time, one that is read and one that is absorbed: what was the one before the
    /// last means nothing any more.
    /// </summary>
    public RecordBatch Begin(Assignment assignment)
    {
        var batch = assignment.Batches.Count < 2 ? new RecordBatch(assignment, _videoIds, metrics, logger) : assignment.Batches.Dequeue();
        assignment.Batches.Enqueue(batch);
        batch.Clear();
        return batch;
    }

    /// <summary>
    /// Absorbs records into states, which wait in memory to be written: until <see cref="SettleAsync"/>, or as long as there is room. Meanwhile the next batch
    /// may be read. When it fails nothing is lost: read again from the watermarks (<see cref="Assignment.RewindAsync"/>).
    /// </summary>
    /// <param name="batch">The records.</param>
    /// <param name="settles">Whether to write everything right behind it, as <see cref="SettleAsync"/> does once it is finished.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task AbsorbAsync(RecordBatch batch, bool settles, CancellationToken cancellationToken)
    {
        batch.BegunAt = time.GetTimestamp();
        using var activity = Begin(batch);
        foreach (var reached in batch.Reached) await pacer.WhenSettledAsync(reached.Log.Topic, reached.Log.Partition, reached.Next, cancellationToken);
        // Kafka may be slow, or away: what was absorbed before does not wait for it.
        if (batch.Rejected.Count > 0) await SettleStatesAsync(batch.Assignment, cancellationToken);
        await rejected.SendAsync(batch.Rejected, cancellationToken);
        // Videos come first: the views behind them need their durations.
        foreach (var kind in batch.Work.GroupBy(w => w.Changes.Count == 0).OrderBy(k => k.Key))
            await Task.WhenAll(kind.Select(work => Task.Run(() => AbsorbAsync(work, cancellationToken), cancellationToken)));
        if (settles) await SettleStatesAsync(batch.Assignment, cancellationToken);
    }

    /// <summary>Archives the records of a batch that was absorbed, and tells who waits for that. Belongs to the thread that reads.</summary>
    public void Finish(RecordBatch batch)
    {
        var now = time.GetTimestamp();
        foreach (var row in batch.Rows) row.Archive.Append(row.Offset, row.Row, row.Day, now);
        foreach (var reached in batch.Reached)
        {
            var (log, next) = (reached.Log, reached.Next);
            log.StateNext = Math.Max(log.StateNext, next);
            if (log.Marks is null) pacer.OnAbsorbed(log.Topic, log.Partition, next);
        }
        metrics.Batch(batch.Count, time.GetElapsedTime(batch.BegunAt, now));
        batch.Clear();
    }

    /// <summary>
    /// Writes what has changed of states, trending and the watermarks since the last time, and tells who paces the producers. While there is more to read
    /// than a batch holds, this may wait for several batches: what is not settled would be read again after a crash, and count no more.
    /// </summary>
    public async Task SettleAsync(Assignment assignment, CancellationToken cancellationToken)
    {
        await SettleStatesAsync(assignment, cancellationToken);
        foreach (var log in assignment.Logs)
        {
            if (log.Marks is not { IsDropped: false } || log.Settled == log.StateNext) continue;
            log.Settled = log.StateNext;
            pacer.OnAbsorbed(log.Topic, log.Partition, log.Settled);
        }
    }

    private Task SettleStatesAsync(Assignment assignment, CancellationToken cancellationToken) => Task.WhenAll(assignment.Unsettled.Select(marks => Task.Run(
        async () =>
        {
            await WriteAsync(marks, cancellationToken);
            await partitions.SettleAsync(marks, cancellationToken);
        },
        cancellationToken)));

    private async Task AbsorbAsync(PartitionWork work, CancellationToken cancellationToken)
    {
        if (work.Changes.Count > 0)
        {
            // Of several changes of one video the last is the newest.
            var newest = new Dictionary<string, CatalogChange>(StringComparer.Ordinal);
            foreach (var change in work.Changes) newest[change.VideoId] = change;
            await store.WriteCatalogAsync([.. newest.Select(c => KeyValuePair.Create(c.Key, c.Value.Entry))], cancellationToken);
            foreach (var change in newest.Values) durations.Put(change.VideoId, change.DurationMs);
            metrics.CatalogAbsorbed(work.Changes.Count);
        }
        if (work.Events.Count == 0)
        {
            work.Marks.Reached(work.Ends);
            return;
        }
        await partitions.AbsorbAsync(work.Marks, work.Events, work.Ends, cancellationToken);
        if (work.Marks.IsFull || work.Wishes.Count > 0) await WriteAsync(work.Marks, cancellationToken);
        for (var i = 0; i < work.Wishes.Count; i++)
            if (work.Events.Outcomes[i] != Absorption.Replayed) await TellAsync(work.Wishes[work.Events[i].After], cancellationToken);
        Count(work.Events);
    }

    /// <summary>Writes what has changed, and tells how long the events of it took to be seen.</summary>
    private async Task WriteAsync(StoredMarks marks, CancellationToken cancellationToken)
    {
        await partitions.WriteAsync(marks, cancellationToken);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var receivedAt in marks.Waiting) metrics.Visible(TimeSpan.FromMilliseconds(now - receivedAt));
        marks.Waiting.Clear();
    }

    private void Count(BatchEvents events)
    {
        var counts = new Dictionary<(EventType Type, Absorption Outcome), long>();
        var all = events.Span;
        var outcomes = events.Outcomes;
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i].IsErasure) continue;
            CollectionsMarshal.GetValueRefOrAddDefault(counts, (all[i].Type, outcomes[i]), out _)++;
        }
        foreach (var (kind, count) in counts) metrics.Absorbed(kind.Type, kind.Outcome, count);
    }

    /// <summary>
    /// Says that a viewer's online state and list are gone. Where that can't be kept, whoever looks after the archive says it again
    /// (<see cref="Archiving.ErasureRounds"/>).
    /// </summary>
    private async Task TellAsync(Erasure wish, CancellationToken cancellationToken)
    {
        if (statuses is null) return;
        try
        {
            await statuses.OnlineRemovedAsync(wish, time.GetUtcNow(), cancellationToken);
        }
        catch (RedisUnavailableException e)
        {
            ConsumingLog.ErasureNotTold(logger, wish.ErasureId, e.Message);
        }
    }

    /// <summary>One span for the batch, linked to the calls that its records came from.</summary>
    private static Activity? Begin(RecordBatch batch)
    {
        var activity = RecommenderTelemetry.ActivitySource.StartActivity("absorb", ActivityKind.Consumer, default(ActivityContext), tags: null, batch.Links);
        activity?.SetTag("messaging.system", "kafka").SetTag("messaging.operation.type", "process").SetTag("messaging.batch.message_count", batch.Count);
        return activity;
    }
}
