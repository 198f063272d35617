using System.Globalization;
using Recommender.Features.Online;
using Recommender.Hosting.Online;

namespace Recommender.Features.Consuming;

/// <summary>
/// Absorbs events of one partition into online state, so that each counts once whatever happens in between. What changes waits in memory, possibly for
/// several batches, so that a video or viewer of many events is written once for them. The order of the writes is what makes each count once: videos first,
/// then viewers, then trending, then the partition's watermark. The last two may be those of several writes.
/// <list type="bullet">
/// <item>Whether an event counts (or is a client's retry) is decided by the viewer's state alone, and the same way again as long as that is
/// not written. So after a crash in front of it videos are asked to count the same events again, and their own watermarks say that they have.</item>
/// <item>An event that the viewer's watermark covers is covered by the video as well, since that was written before.</item>
/// <item>What a watermark of the partition covers, all of the above have.</item>
/// <item>Who loses a write, or fails at anything else, forgets what is in memory and reads the log again from the partition's watermark.</item>
/// </list>
/// </summary>
internal sealed class PartitionAbsorber(
    IOnlineStore store, DurationCache durations, ViewerLimits limits, FeatureMetrics metrics, ILogger<PartitionAbsorber> logger)
{
    /// <summary>Absorbs events into what is in memory. They may have been absorbed before, wholly or in part.</summary>
    /// <param name="marks">The partition's watermarks and states; they learn what is left for <see cref="WriteAsync"/> and <see cref="SettleAsync"/>.</param>
    /// <param name="events">The events; those of one topic in the order of their offsets. They learn what each did.</param>
    /// <param name="reached">Where the batch ends in each topic, records that are no events included.</param>
    /// <param name="cancellationToken">Gives up between two reads.</param>
    public Task AbsorbAsync(StoredMarks marks, BatchEvents events, IReadOnlyCollection<LogPosition> reached, CancellationToken cancellationToken) =>
        DoAsync(marks, async () =>
        {
            var batch = await LoadAsync(events, marks, cancellationToken);
            batch.Decide(limits);
            await batch.CheckVideosAsync(store, marks.Partition, cancellationToken);
            for (var i = 0; i < batch.Videos.Count; i++) marks.Trending.Note(batch.Videos.IdOf(i), batch.Videos[i]);
            batch.NoteWaiting(marks);
            batch.Viewers.KeepIn(marks.Viewers);
            batch.Videos.KeepIn(marks.Videos);
            marks.Reached(reached);
        });

    /// <summary>Writes the videos and viewers that were changed since the last time.</summary>
    /// <exception cref="LostWriteException">Somebody else has written some of them.</exception>
    public Task WriteAsync(StoredMarks marks, CancellationToken cancellationToken) => DoAsync(marks, () => WriteValuesAsync(marks, cancellationToken));

    /// <summary>Writes what was changed since the last time, then the trending scores of what was absorbed since then, then the watermarks.</summary>
    /// <exception cref="LostWriteException">Somebody else has written some of it.</exception>
    public Task SettleAsync(StoredMarks marks, CancellationToken cancellationToken) => DoAsync(marks, async () =>
    {
        await WriteValuesAsync(marks, cancellationToken);
        await marks.Trending.WriteAsync(store, marks.Partition, cancellationToken);
        metrics.Conflicts("marks", await marks.AdvanceAsync(store, cancellationToken));
    });

    /// <summary>After a failure nothing that is in memory means anything.</summary>
    private static async Task DoAsync(StoredMarks marks, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception e)
        {
            marks.Fail(e);
            throw;
        }
    }

    private async Task WriteValuesAsync(StoredMarks marks, CancellationToken cancellationToken)
    {
        await WriteAsync("video", marks.Videos, writes => store.WriteVideosAsync(writes, marks.Partition, cancellationToken));
        await WriteAsync("viewer", marks.Viewers, writes => store.WriteViewersAsync(writes, cancellationToken));
        if (marks.Forgotten.Count == 0) return;
        await store.DeleteListsAsync([.. marks.Forgotten], cancellationToken);
        marks.Forgotten.Clear();
    }

    private async Task WriteAsync<TState>(string name, HotValues<TState> values, Func<IReadOnlyList<ValueWrite>, Task<byte[]?[]>> write)
        where TState : class, IVersionedState<TState>
    {
        try
        {
            await ConditionalWriter.WriteAsync(values, write);
        }
        catch (LostWriteException e)
        {
            metrics.Conflicts(name, e.Count);
            throw;
        }
    }

    private async Task<AbsorbBatch> LoadAsync(BatchEvents events, StoredMarks marks, CancellationToken cancellationToken)
    {
        var batch = new AbsorbBatch(events);
        var (coldViewers, coldVideos) = (batch.Viewers.TakeFrom(marks.Viewers), batch.Videos.TakeFrom(marks.Videos));
        metrics.StatesRead("viewer", batch.Viewers.Count, coldViewers.Length);
        metrics.StatesRead("video", batch.Videos.Count, coldVideos.Length);
        var viewed = batch.Viewed();
        var viewers = coldViewers.Length > 0 ? store.ReadViewersAsync(coldViewers, cancellationToken) : Task.FromResult<byte[][]>([]);
        var videos = coldVideos.Length > 0 ? store.ReadVideosAsync(coldVideos, marks.Partition, cancellationToken) : Task.FromResult<byte[][]>([]);
        var lengths = durations.GetAsync(Array.ConvertAll(viewed, batch.Videos.IdOf), cancellationToken);
        await Task.WhenAll(viewers, videos, lengths);
        if (batch.Videos.Fill(await videos) is [var video, ..]) throw UnreadableValueException.Of<VideoCounters>(video.Id, video.Problem);
        await BeginAnewAsync(batch.Viewers.Fill(await viewers), cancellationToken);
        batch.Fill(viewed, await lengths);
        return batch;
    }

    /// <summary>
    /// Removes damaged states, so that their viewers are as those whose state Redis has lost: what comes counts, and videos know by their own
    /// watermarks what they have. A damaged state must not keep the partition's other viewers waiting. One that a later version wrote must: it is whole.
    /// </summary>
    private async Task BeginAnewAsync(IReadOnlyList<DamagedValue> damaged, CancellationToken cancellationToken)
    {
        if (damaged.Count == 0) return;
        foreach (var state in damaged)
            if (ViewerState.IsOfLaterLayout(state.Bytes)) throw UnreadableValueException.Of<ViewerState>(state.Id, state.Problem);
        foreach (var state in damaged)
        {
            await store.RemoveViewerAsync(state.Id, state.Bytes, cancellationToken);
            var key = OnlineKeys.Viewer(state.Id);
            ConsumingLog.BegunAnewKey(logger, key, state.Bytes.Length);
        }
        metrics.BegunAnew(KeyKind.Viewer.Name, damaged.Count);
        ConsumingLog.BegunAnew(logger, damaged.Count, StableHash.Of(damaged[0].Id).ToString("x16", CultureInfo.InvariantCulture), damaged[0].Problem.Message);
    }
}
