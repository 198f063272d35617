using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Recommender.Standalone.Calls;
using Recommender.Standalone.Simulate;
using Recommender.V1;

namespace Recommender.Standalone.Opening;

/// <summary>Shows three viewers' recommendations before and after they like something that is not to their usual taste.</summary>
internal sealed class LikeDemonstration(ChannelBase channel, World world, TimeProvider time, TextWriter output)
{
    private const int Shown = 5;
    private const int Asked = 10;
    private const int Likes = 3;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly RecommendationService.RecommendationServiceClient _serving = new(channel);
    private readonly IngestionService.IngestionServiceClient _door = new(channel);
    private readonly FeatureService.FeatureServiceClient _features = new(channel);

    /// <summary>Plays all three.</summary>
    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        var shown = new HashSet<int>();
        foreach (var viewer in Cast()) shown.Add(await PlayAsync(viewer, shown, cancellationToken));
    }

    /// <summary>Two regular viewers with different tastes, and one whom the system has never seen.</summary>
    private IEnumerable<SimulatedViewer> Cast() => [.. world.Regulars.Take(2), new SimulatedViewer("newcomer", new double[Theme.All.Count], 0)];

    private async Task<int> PlayAsync(SimulatedViewer viewer, HashSet<int> shown, CancellationToken cancellationToken)
    {
        var before = await RecommendAsync(viewer, cancellationToken);
        var theme = Unusual(viewer, before, shown);
        var liked = Choose(theme, before);
        await LikeAsync(viewer, liked, cancellationToken);
        var after = await RecommendAsync(viewer, cancellationToken);
        var catalog = await CatalogLookup.FindAsync(channel, before.Concat(after), cancellationToken);
        await output.WriteAsync(LikeText.Format(viewer, Theme.All[theme].Tag, liked, before, after, catalog, Shown));
        return theme;
    }

    /// <summary>A theme that this viewer does not favour and is shown least of, another one for each viewer.</summary>
    private int Unusual(SimulatedViewer viewer, IReadOnlyList<string> onScreen, HashSet<int> shown)
    {
        var themes = world.Videos.Where(v => onScreen.Contains(v.Id)).SelectMany(v => v.Themes).CountBy(t => t).ToDictionary();
        return Enumerable.Range(0, Theme.All.Count).Where(t => viewer.Taste[t] < 0.3 && !shown.Contains(t)).MinBy(t => themes.GetValueOrDefault(t));
    }

    /// <summary>The answer with all parts at work: a machine that is busy with its first start may be late for one.</summary>
    private async Task<IReadOnlyList<string>> RecommendAsync(SimulatedViewer viewer, CancellationToken cancellationToken)
    {
        for (var started = time.GetTimestamp(); ; await Task.Delay(s_poll, time, cancellationToken))
        {
            var answer = await _serving.RecommendAsync(new RecommendRequest { UserId = viewer.Id, Count = Asked }, cancellationToken: cancellationToken);
            if (answer.Degradation == Degradation.None || time.GetElapsedTime(started) > s_patience) return [.. answer.Videos.Select(v => v.VideoId)];
        }
    }

    /// <summary>Well-known videos of the theme alone that are not on the viewer's screen already.</summary>
    private SimulatedVideo[] Choose(int theme, IReadOnlyList<string> onScreen) =>
    [
        .. world.Videos.Where(v => v.Themes is [var only] && only == theme && v.ArrivalDay == 0 && !onScreen.Contains(v.Id))
            .OrderByDescending(v => v.Popularity).Take(Likes),
    ];

    private async Task LikeAsync(SimulatedViewer viewer, SimulatedVideo[] videos, CancellationToken cancellationToken)
    {
        var known = await LikesAsync(viewer, cancellationToken);
        var now = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        foreach (var video in videos)
        {
            var view = new Event { Type = EventType.View, UserId = viewer.Id, VideoId = video.Id, OccurredAt = now, WatchTime = Duration.FromTimeSpan(video.Duration) };
            var like = new Event { Type = EventType.Like, UserId = viewer.Id, VideoId = video.Id, OccurredAt = now };
            await _door.TrackEventAsync(new TrackEventRequest { Event = view }, cancellationToken: cancellationToken);
            await _door.TrackEventAsync(new TrackEventRequest { Event = like }, cancellationToken: cancellationToken);
        }
        // Acknowledged means durable; a moment later it is in the viewer's state.
        for (var started = time.GetTimestamp(); time.GetElapsedTime(started) < s_patience; await Task.Delay(s_poll, time, cancellationToken))
            if (await LikesAsync(viewer, cancellationToken) >= known + videos.Length) return;
    }

    private async Task<long> LikesAsync(SimulatedViewer viewer, CancellationToken cancellationToken) =>
        (await _features.GetUserFeaturesAsync(new GetUserFeaturesRequest { UserId = viewer.Id }, cancellationToken: cancellationToken)).Likes;
}
