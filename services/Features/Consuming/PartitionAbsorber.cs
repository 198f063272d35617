using Recommender.Features.Online;
using Recommender.Features.State;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Features.Consuming;

/// <summary>
/// Absorbs events of one partition into online state, so that each counts once whatever happens in between. The order of the writes is what
/// makes that so: videos first, then viewers, then trending, then the partition's watermark.
/// <list type="bullet">
/// <item>Whether an event counts (or is a client's retry) is decided by the viewer's state alone, and the same way again as long as that is
/// not written. So after a crash in front of it videos are asked to count the same events again, and their own watermarks say that they have.</item>
/// <item>An event that the viewer's watermark covers is covered by the video as well, since that was written before.</item>
/// <item>What a watermark of the partition covers, all of the above have.</item>
/// </list>
/// </summary>
internal sealed class PartitionAbsorber(IOnlineStore store, DurationCache durations, ViewerLimits limits, FeatureMetrics metrics)
{
    /// <summary>Absorbs events that may have been absorbed before, wholly or in part.</summary>
    /// <param name="marks">The partition's watermarks; moved and written when all is absorbed.</param>
    /// <param name="events">The events; those of one topic in the order of their offsets.</param>
    /// <param name="reached">Where the batch ends in each topic, records that are no events included.</param>
    /// <param name="cancellationToken">Gives up between two writes.</param>
    /// <returns>What each event did.</returns>
    public async Task<Absorption[]> AbsorbAsync(
        StoredMarks marks, IReadOnlyList<FeatureEvent> events, IReadOnlyCollection<LogPosition> reached, CancellationToken cancellationToken)
    {
        var batch = await LoadAsync(events, marks.Partition, cancellationToken);
        var outcomes = batch.Decide(limits);
        metrics.Conflicts("video", await batch.WriteVideosAsync(store, marks.Partition, cancellationToken));
        metrics.Conflicts("viewer", await batch.WriteViewersAsync(store, limits, cancellationToken));
        await store.DeleteListsAsync(batch.ForgottenUserIds, cancellationToken);
        await Task.WhenAll(OnlineKeys.Windows.Select((window, i) =>
            store.WriteTrendingAsync(window.Name, marks.Partition, batch.Scores(i), cancellationToken)));
        metrics.Conflicts("marks", await marks.AdvanceAsync(store, reached, cancellationToken));
        return outcomes;
    }

    private async Task<AbsorbBatch> LoadAsync(IReadOnlyList<FeatureEvent> events, int partition, CancellationToken cancellationToken)
    {
        var batch = new AbsorbBatch(events);
        string[] viewed = [.. events.Where(e => e is { Type: EventType.View, WatchTimeMs: not null }).Select(e => e.VideoId).Distinct()];
        var viewers = store.ReadViewersAsync(batch.UserIds, cancellationToken);
        var videos = store.ReadVideosAsync(batch.VideoIds, partition, cancellationToken);
        var lengths = durations.GetAsync(viewed, cancellationToken);
        await Task.WhenAll(viewers, videos, lengths);
        batch.Fill(await viewers, await videos, viewed, await lengths);
        return batch;
    }
}
