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

    /// <summary>The numbers of the videos whose durations matter.</summary>
    public int[] Viewed()
    {
        var all = events.Span;
        var isViewed = new bool[Videos.Count];
        for (var i = 0; i < all.Length; i++) isViewed[Videos.NumberOf(i)] |= all[i].WatchTimeMs is not null;
        return [.. Enumerable.Range(0, isViewed.Length).Where(v => isViewed[v])];
    }

    /// <summary>Takes the durations of videos, milliseconds, of <see cref="Viewed"/>.</summary>
    public void Fill(int[] viewed, long[] durations)
    {
        var all = events.Span;
        var ratios = events.Ratios;
        var byVideo = new long[Videos.Count];
        for (var i = 0; i < viewed.Length; i++) byVideo[viewed[i]] = durations[i];
        for (var i = 0; i < all.Length; i++)
            ratios[i] = all[i].WatchTimeMs is { } watched ? WatchRatio.Of(watched, byVideo[Videos.NumberOf(i)]) : null;
    }

    /// <summary>Lets the viewers absorb their events, and the videos those that count.</summary>
    public void Decide(ViewerLimits limits)
    {
        var all = events.Span;
        var ratios = events.Ratios;
        var outcomes = events.Outcomes;
        for (var i = 0; i < all.Length; i++)
        {
            var viewer = Viewers.NumberOf(i);
            outcomes[i] = ViewerTransition.Absorb(Viewers[viewer], all[i], ratios[i], limits);
            if (outcomes[i] is Absorption.Effective or Absorption.Forgotten) Viewers.Change(viewer);
            if (outcomes[i] != Absorption.Effective || !all[i].IsOfVideo) continue;
            var video = Videos.NumberOf(i);
            if (VideoTransition.Absorb(Videos[video], all[i], ratios[i])) Videos.Change(video);
        }
    }

    /// <summary>
    /// Makes sure that videos are not older than what is stored: of an event that a viewer's watermark covers, the video must have heard, but one
    /// that was in memory need not know of what another owner absorbed in the meantime. Nothing of such a video may change, and then no write
    /// would notice that its score is too low.
    /// </summary>
    /// <exception cref="LostWriteException">Another owner has written one of them.</exception>
    public async Task CheckVideosAsync(IOnlineStore store, int partition, CancellationToken cancellationToken)
    {
        var videos = VideosBehind();
        if (videos.Length == 0) return;
        var stored = await store.ReadVideosAsync(Array.ConvertAll(videos, Videos.IdOf), partition, cancellationToken);
        var lost = videos.Zip(stored).Count(v => v.Second.Length >= ViewerState.VersionBytes && ViewerState.VersionOf(v.Second) != Videos[v.First].Version);
        if (lost > 0) throw new LostWriteException(lost);
    }

    /// <summary>Notes what is to be done, and to be told, when the values are written.</summary>
    public void NoteWaiting(StoredMarks marks)
    {
        var all = events.Span;
        var outcomes = events.Outcomes;
        for (var i = 0; i < all.Length; i++)
        {
            // A wish that was absorbed before as well: a crash may have come between state and list.
            if (all[i].IsErasure) marks.Forgotten.Add(all[i].UserId);
            else if (outcomes[i] == Absorption.Effective) marks.Waiting.Add(all[i].ReceivedAtMs);
        }
    }

    private int[] VideosBehind()
    {
        var all = events.Span;
        var outcomes = events.Outcomes;
        HashSet<int>? behind = null;
        for (var i = 0; i < all.Length; i++)
        {
            if (outcomes[i] != Absorption.Replayed || !all[i].IsOfVideo || Videos[Videos.NumberOf(i)].Watermarks.Reaches(all[i].After)) continue;
            (behind ??= []).Add(Videos.NumberOf(i));
        }
        return behind is null ? [] : [.. behind];
    }
}
