using System.Globalization;
using Recommender.Features.Online;
using Recommender.Hosting.Online;

namespace Recommender.Features.Consuming;

/// <summary>
/// Absorbs events of one partition into online state, so that each counts once whatever happens in between. The order of the writes is what
/// makes that so: videos first, then viewers, then trending, then the partition's watermark. The last two may be those of several batches.
/// <list type="bullet">
/// <item>Whether an event counts (or is a client's retry) is decided by the viewer's state alone, and the same way again as long as that is
/// not written. So after a crash in front of it videos are asked to count the same events again, and their own watermarks say that they have.</item>
/// <item>An event that the viewer's watermark covers is covered by the video as well, since that was written before.</item>
/// <item>What a watermark of the partition covers, all of the above have.</item>
/// </list>
/// </summary>
internal sealed class PartitionAbsorber(
    IOnlineStore store, DurationCache durations, ViewerLimits limits, FeatureMetrics metrics, ILogger<PartitionAbsorber> logger)
{
    /// <summary>Absorbs events that may have been absorbed before, wholly or in part.</summary>
    /// <param name="marks">The partition's watermarks; they learn what is left for <see cref="SettleAsync"/>.</param>
    /// <param name="events">The events; those of one topic in the order of their offsets. They learn what each did.</param>
    /// <param name="reached">Where the batch ends in each topic, records that are no events included.</param>
    /// <param name="cancellationToken">Gives up between two writes.</param>
    public async Task AbsorbAsync(StoredMarks marks, BatchEvents events, IReadOnlyCollection<LogPosition> reached, CancellationToken cancellationToken)
    {
        var batch = await LoadAsync(events, marks, cancellationToken);
        batch.Decide(limits);
        await batch.RefreshVideosAsync(store, marks.Partition, cancellationToken);
        metrics.Conflicts("video", await batch.WriteVideosAsync(store, marks.Partition, cancellationToken));
        metrics.Conflicts("viewer", await batch.WriteViewersAsync(store, limits, cancellationToken));
        await store.DeleteListsAsync(batch.ForgottenUserIds, cancellationToken);
        foreach (var video in batch.Videos.All) marks.Trending.Note(video.Id, video.State);
        marks.Reached(reached);
        batch.Viewers.KeepIn(marks.Viewers);
        batch.Videos.KeepIn(marks.Videos);
    }

    /// <summary>Writes the trending scores of what was absorbed since the last time, then the watermarks.</summary>
    public async Task SettleAsync(StoredMarks marks, CancellationToken cancellationToken)
    {
        await marks.Trending.WriteAsync(store, marks.Partition, cancellationToken);
        metrics.Conflicts("marks", await marks.AdvanceAsync(store, cancellationToken));
    }

    private async Task<AbsorbBatch> LoadAsync(BatchEvents events, StoredMarks marks, CancellationToken cancellationToken)
    {
        var batch = new AbsorbBatch(events);
        var (coldViewers, coldVideos) = (batch.Viewers.TakeFrom(marks.Viewers), batch.Videos.TakeFrom(marks.Videos));
        metrics.StatesRead("viewer", batch.Viewers.All.Count, coldViewers.Length);
        metrics.StatesRead("video", batch.Videos.All.Count, coldVideos.Length);
        var viewed = batch.Viewed();
        var viewers = coldViewers.Length > 0 ? store.ReadViewersAsync(coldViewers, cancellationToken) : Task.FromResult<byte[][]>([]);
        var videos = coldVideos.Length > 0 ? store.ReadVideosAsync(coldVideos, marks.Partition, cancellationToken) : Task.FromResult<byte[][]>([]);
        var lengths = durations.GetAsync(viewed, cancellationToken);
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
