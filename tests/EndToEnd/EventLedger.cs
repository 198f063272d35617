using Recommender.Contracts.Json;
using Recommender.Hosting.Archive;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.EndToEnd;

/// <summary>Events that were acknowledged, and what must have become of them in the end.</summary>
/// <param name="acknowledged">The events; the same id may be there several times.</param>
internal sealed class EventLedger(IEnumerable<Event> acknowledged)
{
    private readonly List<Event> _events = [.. acknowledged.DistinctBy(e => e.EventId)];

    /// <summary>Waits until every viewer's and every video's counters are the numbers of distinct acknowledged events.</summary>
    public async Task AssertCountedOnceAsync(FeatureService.FeatureServiceClient features)
    {
        foreach (var group in _events.GroupBy(e => e.UserId))
        {
            var want = Count(group);
            (long Views, long, long) got = default;
            await Eventually.TrueAsync(
                async () => (got = Of(await features.GetUserFeaturesAsync(new GetUserFeaturesRequest { UserId = group.Key }))) == want || got.Views > want.Views,
                $"{group.Key} has {want}");
            Assert.Equal(want, got);
        }
        foreach (var group in _events.GroupBy(e => e.VideoId))
        {
            var video = await features.GetVideoFeaturesAsync(new GetVideoFeaturesRequest { VideoId = group.Key });
            Assert.Equal((group.Key, Count(group)), (group.Key, (video.Views, video.Likes, video.Shares)));
        }
    }

    /// <summary>Waits until the archive has every acknowledged event.</summary>
    public Task AssertArchivedAsync(string archive) => Eventually.TrueAsync(
        async () =>
        {
            var missing = _events.Select(e => e.EventId).ToHashSet();
            try
            {
                foreach (var file in ArchiveCatalog.Load(archive).Files("view", "like", "share"))
                    await ArchiveRows.ReadAsync(archive, file, row => missing.Remove(EventJson.Parse(row).EventId), CancellationToken.None);
            }
            catch (FileNotFoundException)
            {
                return false; // it was merged with others meanwhile; who reads begins again
            }
            return missing.Count == 0;
        },
        "every acknowledged event is in the archive");

    private static (long, long, long) Of(UserFeatures user) => (user.Views, user.Likes, user.Shares);

    private static (long Views, long Likes, long Shares) Count(IEnumerable<Event> events)
    {
        var byType = events.ToLookup(e => e.Type);
        return (byType[EventType.View].Count(), byType[EventType.Like].Count(), byType[EventType.Share].Count());
    }
}
