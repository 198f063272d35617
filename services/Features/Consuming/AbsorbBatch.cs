using Recommender.Features.Online;
using Recommender.Features.State;
using Recommender.Hosting.Online;

namespace Recommender.Features.Consuming;

/// <summary>Events of one partition with the viewers and videos that they change.</summary>
/// <param name="events">The events. Their outcomes and watch ratios are written here.</param>
internal sealed class AbsorbBatch(BatchEvents events)
{
    /// <summary>The viewers.</summary>
    public BatchValues<ViewerState> Viewers { get; } = new(events.Viewers);

    /// <summary>The videos. That of what is about none is empty, and never written.</summary>
    public BatchValues<VideoCounters> Videos { get; } = new(events.Videos);

    /// <summary>The viewers who asked to be forgotten.</summary>
    public IReadOnlyList<string> ForgottenUserIds => [.. events.TakeWhile(e => e.IsErasure).Select(e => e.UserId).Distinct()];

    /// <summary>The videos whose durations matter, once each.</summary>
    public string[] Viewed()
    {
        var all = events.Span;
        var isViewed = new bool[Videos.All.Count];
        for (var i = 0; i < all.Length; i++) isViewed[events.Videos.NumberOf(i)] |= all[i].WatchTimeMs is not null;
        return [.. Videos.All.Where(v => isViewed[v.Place]).Select(v => v.Id)];
    }

    /// <summary>Takes the durations of videos, milliseconds, in the order of <see cref="Viewed"/>.</summary>
    public void Fill(string[] viewed, long[] durations)
    {
        var all = events.Span;
        var ratios = events.Ratios;
        var (byVideo, next) = (new long[Videos.All.Count], 0);
        foreach (var video in Videos.All)
            if (next < viewed.Length && ReferenceEquals(video.Id, viewed[next])) byVideo[video.Place] = durations[next++];
        for (var i = 0; i < all.Length; i++)
            ratios[i] = all[i].WatchTimeMs is { } watched ? WatchRatio.Of(watched, byVideo[events.Videos.NumberOf(i)]) : null;
    }

    /// <summary>Lets the viewers absorb their events, and the videos those that count.</summary>
    public void Decide(ViewerLimits limits)
    {
        var all = events.Span;
        var ratios = events.Ratios;
        var outcomes = events.Outcomes;
        for (var i = 0; i < all.Length; i++)
        {
            var viewer = Viewers.Of(i);
            outcomes[i] = ViewerTransition.Absorb(viewer.State, all[i], ratios[i], limits);
            viewer.IsChanged |= outcomes[i] is Absorption.Effective or Absorption.Forgotten;
            if (outcomes[i] != Absorption.Effective || !all[i].IsOfVideo) continue;
            var video = Videos.Of(i);
            video.IsChanged |= VideoTransition.Absorb(video.State, all[i], ratios[i]);
        }
    }

    /// <summary>
    /// Reads videos again that may be older than what is stored: of an event that a viewer's watermark covers, the video must have heard, but one
    /// that was in memory need not know of what another owner absorbed in the meantime. Nothing of such a video may change, and then no write
    /// would notice that its score is too low.
    /// </summary>
    public async Task RefreshVideosAsync(IOnlineStore store, int partition, CancellationToken cancellationToken)
    {
        var videos = VideosBehind();
        if (videos.Length == 0) return;
        var stored = await store.ReadVideosAsync(Array.ConvertAll(videos, v => v.Id), partition, cancellationToken);
        for (var i = 0; i < videos.Length; i++)
        {
            videos[i].Take(stored[i]);
            AbsorbAgain(videos[i]);
        }
    }

    /// <summary>Writes the changed videos; returns the number of lost writes.</summary>
    public Task<int> WriteVideosAsync(IOnlineStore store, int partition, CancellationToken cancellationToken) => ConditionalWriter.WriteAsync(
        Videos.All,
        writes => store.WriteVideosAsync(writes, partition, cancellationToken), AbsorbAgain);

    /// <summary>Writes the changed viewers; returns the number of lost writes.</summary>
    public Task<int> WriteViewersAsync(IOnlineStore store, ViewerLimits limits, CancellationToken cancellationToken) => ConditionalWriter.WriteAsync(
        Viewers.All,
        writes => store.WriteViewersAsync(writes, cancellationToken),
        viewer =>
        {
            foreach (var i in Viewers.EventsOf(viewer))
                viewer.IsChanged |= ViewerTransition.Absorb(viewer.State, events.Span[i], events.Ratios[i], limits) is Absorption.Effective or Absorption.Forgotten;
        });

    private void AbsorbAgain(TrackedValue<VideoCounters> video)
    {
        foreach (var i in Videos.EventsOf(video))
            if (events.Outcomes[i] == Absorption.Effective) video.IsChanged |= VideoTransition.Absorb(video.State, events.Span[i], events.Ratios[i]);
    }

    private TrackedValue<VideoCounters>[] VideosBehind()
    {
        var all = events.Span;
        var outcomes = events.Outcomes;
        HashSet<TrackedValue<VideoCounters>>? behind = null;
        for (var i = 0; i < all.Length; i++)
        {
            if (outcomes[i] != Absorption.Replayed || !all[i].IsOfVideo || Videos.Of(i).State.Watermarks.Reaches(all[i].After)) continue;
            (behind ??= []).Add(Videos.Of(i));
        }
        return behind is null ? [] : [.. behind];
    }
}
