using Recommender.Features.Online;
using Recommender.Features.State;
using Recommender.Hosting.Online;

namespace Recommender.Features.Consuming;

/// <summary>Events of one partition with the viewers and videos that they change.</summary>
internal sealed class AbsorbBatch(IReadOnlyList<FeatureEvent> events)
{
    private readonly float?[] _ratios = new float?[events.Count];
    private readonly Absorption[] _outcomes = new Absorption[events.Count];

    /// <summary>The viewers.</summary>
    public BatchValues<ViewerState> Viewers { get; } = new(events, e => e.UserId);

    /// <summary>The videos. That of what is about none is empty, and never written.</summary>
    public BatchValues<VideoCounters> Videos { get; } = new(events, e => e.VideoId);

    /// <summary>The viewers who asked to be forgotten.</summary>
    public IReadOnlyList<string> ForgottenUserIds => [.. events.Where(e => e.IsErasure).Select(e => e.UserId).Distinct()];

    /// <summary>Takes the durations of videos, milliseconds.</summary>
    public void Fill(string[] viewed, long[] durations)
    {
        var byVideo = new Dictionary<string, long>(viewed.Length, StringComparer.Ordinal);
        for (var i = 0; i < viewed.Length; i++) byVideo[viewed[i]] = durations[i];
        for (var i = 0; i < events.Count; i++)
            _ratios[i] = events[i].WatchTimeMs is { } watched ? WatchRatio.Of(watched, byVideo.GetValueOrDefault(events[i].VideoId)) : null;
    }

    /// <summary>Lets the viewers absorb their events, and the videos those that count.</summary>
    public Absorption[] Decide(ViewerLimits limits)
    {
        for (var i = 0; i < events.Count; i++)
        {
            var viewer = Viewers.Of(i);
            _outcomes[i] = ViewerTransition.Absorb(viewer.State, events[i], _ratios[i], limits);
            viewer.IsChanged |= _outcomes[i] is Absorption.Effective or Absorption.Forgotten;
            if (_outcomes[i] != Absorption.Effective || !events[i].IsOfVideo) continue;
            var video = Videos.Of(i);
            video.IsChanged |= VideoTransition.Absorb(video.State, events[i], _ratios[i]);
        }
        return _outcomes;
    }

    /// <summary>
    /// Reads videos again that may be older than what is stored: of an event that a viewer's watermark covers, the video must have heard, but one
    /// that was in memory need not know of what another owner absorbed in the meantime. Nothing of such a video may change, and then no write
    /// would notice that its score is too low.
    /// </summary>
    public async Task RefreshVideosAsync(IOnlineStore store, int partition, CancellationToken cancellationToken)
    {
        List<TrackedValue<VideoCounters>>? behind = null;
        for (var i = 0; i < events.Count; i++)
        {
            if (_outcomes[i] != Absorption.Replayed || !events[i].IsOfVideo || Videos.Of(i).State.Watermarks.Reaches(events[i].After)) continue;
            (behind ??= []).Add(Videos.Of(i));
        }
        if (behind is null) return;
        TrackedValue<VideoCounters>[] videos = [.. behind.Distinct()];
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
                viewer.IsChanged |= ViewerTransition.Absorb(viewer.State, events[i], _ratios[i], limits) is Absorption.Effective or Absorption.Forgotten;
        });

    private void AbsorbAgain(TrackedValue<VideoCounters> video)
    {
        foreach (var i in Videos.EventsOf(video))
            if (_outcomes[i] == Absorption.Effective) video.IsChanged |= VideoTransition.Absorb(video.State, events[i], _ratios[i]);
    }
}
