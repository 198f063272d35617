using Recommender.Hosting.Online;
using Recommender.Hosting.Redis;
using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Training.Dataset;
using RedisKey = StackExchange.Redis.RedisKey;

namespace Recommender.Training.Publishing;

/// <summary>Fills the precomputed lists: for each viewer the best videos that the viewer has not met yet, in Redis until they expire.</summary>
internal sealed class ListWriter(IRedis redis, SnapshotReader archive, TrainingOptions options, TimeProvider time, ILogger<ListWriter> logger)
{
    /// <summary>Enough that the search keeps several threads busy; their lists, some 5 kB each, are held until Redis has them.</summary>
    private const int ViewersAtOnce = 768;

    /// <summary>
    /// Writes the list of every viewer with a positive interaction who has not asked to be forgotten since the snapshot was taken. Redis out of reach for longer than <see cref="TrainingOptions.ListRetryTime"/>
    /// ends it early: viewers without a list are served in real time.
    /// </summary>
    /// <returns>Number of lists written.</returns>
    public async Task<int> WriteAsync(
        IViewerScorer model, string version, Snapshot snapshot, TrainingData data, Action<double> progress, CancellationToken cancellationToken)
    {
        if (options.ListLength == 0) return 0;
        var seen = TrainingMatrices.Seen(snapshot.Events, counts: null, cancellationToken);
        var forgotten = ForgottenSince(snapshot);
        var viewers = Enumerable.Range(0, data.Interactions.RowCount).Where(v => data.Interactions.RowLength(v) > 0 && !forgotten.Contains(v)).ToArray();
        var written = 0;
        foreach (var batch in viewers.Chunk(ViewersAtOnce))
        {
            var lists = Compute(batch, model, version, snapshot, seen, cancellationToken);
            if (!await TryWriteAsync(lists, cancellationToken)) break;
            written += lists.Length;
            progress((double)written / viewers.Length);
        }
        // Those who asked while lists were written. Later wishes find the lists of this run when they are carried out.
        foreach (var viewer in ForgottenSince(snapshot).Except(forgotten)) await TryDeleteAsync(OnlineKeys.List(snapshot.Events.Viewers[viewer]), cancellationToken);
        if (written < viewers.Length) ListLog.Skipped(logger, viewers.Length - written, viewers.Length);
        return written;
    }

    /// <summary>The snapshot's viewers who asked to be forgotten after it was taken.</summary>
    private HashSet<int> ForgottenSince(Snapshot snapshot)
    {
        var wishes = archive.ReadErasures();
        if (wishes.IsEmpty) return [];
        return [.. Enumerable.Range(0, snapshot.Events.Viewers.Count).Where(v => wishes.RequestOf(snapshot.Events.Viewers[v]) > snapshot.Erasures.RequestOf(snapshot.Events.Viewers[v]))];
    }

    private async Task TryDeleteAsync(RedisKey key, CancellationToken cancellationToken)
    {
        try
        {
            await redis.DeleteAsync(key, cancellationToken);
        }
        catch (RedisUnavailableException e)
        {
            ListLog.NotDeleted(logger, e.Message); // it is deleted when the wish is carried out in the archive
        }
    }

    private KeyValuePair<RedisKey, byte[]>[] Compute(
        int[] viewers, IViewerScorer model, string version, Snapshot snapshot, InteractionMatrix seen, CancellationToken cancellationToken)
    {
        var lists = new KeyValuePair<RedisKey, byte[]>[viewers.Length];
        model.Rank(new TopListQuery(viewers, seen, options.ListLength) { Threads = options.Threads }, (viewer, best) =>
        {
            var videos = new (string, float)[best.Length];
            for (var i = 0; i < best.Length; i++) videos[i] = (snapshot.Events.Videos[best[i].Item], best[i].Score);
            var list = new PrecomputedList(version, snapshot.TakenAt.ToUnixTimeMilliseconds(), videos);
            lists[Array.BinarySearch(viewers, viewer)] = new(OnlineKeys.List(snapshot.Events.Viewers[viewer]), list.Encode());
        }, cancellationToken);
        return lists;
    }

    /// <summary>Writes a batch; false when Redis does not take it for too long. Writing a list twice does no harm.</summary>
    private async Task<bool> TryWriteAsync(KeyValuePair<RedisKey, byte[]>[] lists, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                await redis.SetManyAsync(lists, options.ListTimeToLive, cancellationToken);
                return true;
            }
            catch (RedisUnavailableException e)
            {
                if (!e.IsTransient || time.GetElapsedTime(start) >= options.ListRetryTime)
                {
                    ListLog.Unavailable(logger, e.Message);
                    return false;
                }
                await Task.Delay(e.RetryDelay, time, cancellationToken);
            }
        }
    }
}

internal static partial class ListLog
{
    [LoggerMessage(EventId = 6201, EventName = "ListsUnavailable", Level = LogLevel.Warning, Message = "Precomputed lists can't be written: {Problem}")]
    public static partial void Unavailable(ILogger logger, string problem);

    [LoggerMessage(EventId = 6203, EventName = "ListNotDeleted", Level = LogLevel.Warning, Message = "The list of a forgotten viewer can't be deleted yet: {Problem}")]
    public static partial void NotDeleted(ILogger logger, string problem);

    [LoggerMessage(EventId = 6202, EventName = "ListsSkipped", Level = LogLevel.Warning,
        Message = "{Missing} of {All} viewers have no list of the new model; they are served in real time")]
    public static partial void Skipped(ILogger logger, int missing, int all);
}
