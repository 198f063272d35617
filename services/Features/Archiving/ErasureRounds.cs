using System.Globalization;
using Recommender.Contracts;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Archive.Keeping;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Objects;
using Recommender.Hosting.Online;
using Recommender.Hosting.Privacy;
using Recommender.Hosting.Redis;

namespace Recommender.Features.Archiving;

/// <summary>
/// Follows wishes to be forgotten through the archive. A wish that is archived was absorbed before, so online state and list are gone. It is
/// done when every file was searched after the archive had come to where the log ended when the wish was noticed: nothing of the viewer's is on
/// its way any more.
/// </summary>
internal sealed class ErasureRounds(
    ObjectStores stores, KafkaOptions kafka, ErasureStatusStore statuses, IRedis redis, FeatureMetrics metrics, TimeProvider time, ILogger<ErasureRounds> logger)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly string[] s_topics = [.. Topics.KeyedByUser];

    /// <summary>Begins a round where there are new wishes and none is under way.</summary>
    /// <param name="archive">The archive as listed before the files are searched.</param>
    /// <param name="wishes">Its wishes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether a round ends once all files have been searched.</returns>
    /// <exception cref="Confluent.Kafka.KafkaException">Kafka does not say where its logs end.</exception>
    /// <exception cref="RedisUnavailableException">The status can't be written.</exception>
    public async Task<bool> BeginAsync(ArchiveCatalog archive, ErasureLog wishes, CancellationToken cancellationToken)
    {
        var progress = ErasureProgress.Read(stores.Archive);
        var counts = wishes.Counts;
        metrics.PendingErasures(counts.Sum(c => c.Value - progress.Done.GetValueOrDefault(c.Key)));
        if (progress.Round is null && counts.All(c => c.Value <= progress.Done.GetValueOrDefault(c.Key))) return false;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        var identity = await LogIdentity.ResolveAsync(kafka, s_topics, time, logger, patience.Token);
        if (progress.Round is not { } round)
        {
            var now = time.GetUtcNow();
            foreach (var wish in wishes.Between(progress.Done, counts)) await statuses.OnlineRemovedAsync(wish, now, cancellationToken);
            var offsets = await TopicOffsets.ReadAsync(kafka, s_topics);
            round = new ErasureRound(counts, offsets.ToDictionary(o => KeyOf(identity, o.Key.Topic, o.Key.Partition), o => o.Value.End));
            (progress with { Round = round }).Write(stores.Archive);
        }
        return round.IsReached(archive, s_topics.Select(t => ArchiveFile.LogNameOf(identity.Of(t))).ToHashSet());
    }

    /// <summary>Ends the round: all files were searched.</summary>
    /// <exception cref="RedisUnavailableException">The status can't be written; the round is not over.</exception>
    public async Task EndAsync(ErasureLog wishes, CancellationToken cancellationToken)
    {
        var progress = ErasureProgress.Read(stores.Archive);
        var now = time.GetUtcNow();
        var done = 0;
        foreach (var wish in wishes.Between(progress.Done, progress.Round!.Until))
        {
            // A training run that began before the wish may have written one.
            await redis.DeleteAsync(OnlineKeys.List(wish.UserId), cancellationToken);
            // The first is noted already, unless somebody has spoiled the status.
            await statuses.OnlineRemovedAsync(wish, now, cancellationToken);
            await statuses.ArchiveRemovedAsync(wish, now, cancellationToken);
            done++;
        }
        var total = progress.Done.Concat(progress.Round.Until).GroupBy(c => c.Key).ToDictionary(c => c.Key, c => c.Max(v => v.Value));
        new ErasureProgress { Done = total }.Write(stores.Archive);
        metrics.PendingErasures(wishes.Count - total.Values.Sum());
        KeepingLog.Forgotten(logger, done);
    }

    private static string KeyOf(LogIdentity identity, string topic, int partition) => string.Create(
        CultureInfo.InvariantCulture, $"{ArchiveFile.LogNameOf(identity.Of(topic))}/{ArchiveFile.TypeOf(topic)}/{partition}");
}
