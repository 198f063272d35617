using System.Runtime.InteropServices;
using Recommender.Features.Online;
using Recommender.Features.State;
using Recommender.Hosting.Online;

namespace Recommender.Features.Consuming;

/// <summary>Events of one partition with the viewers and videos that they change.</summary>
internal sealed class AbsorbBatch
{
    private readonly IReadOnlyList<FeatureEvent> _events;
    private readonly List<TrackedValue<ViewerState>> _viewers = [];
    private readonly List<TrackedValue<VideoCounters>> _videos = [];
    private readonly int[] _viewerOf;
    private readonly int[] _videoOf;
    private readonly float?[] _ratios;
    private readonly Absorption[] _outcomes;

    public AbsorbBatch(IReadOnlyList<FeatureEvent> events)
    {
        _events = events;
        _viewerOf = Group(_viewers, e => e.UserId);
        _videoOf = Group(_videos, e => e.VideoId); // an erasure's is empty, and never written
        _ratios = new float?[events.Count];
        _outcomes = new Absorption[events.Count];
    }

    /// <summary>The viewers, once each.</summary>
    public IReadOnlyList<string> UserIds => _viewers.ConvertAll(v => v.Id);

    /// <summary>The viewers who asked to be forgotten.</summary>
    public IReadOnlyList<string> ForgottenUserIds => [.. _events.Where(e => e.IsErasure).Select(e => e.UserId).Distinct()];

    /// <summary>The videos, once each.</summary>
    public IReadOnlyList<string> VideoIds => _videos.ConvertAll(v => v.Id);

    /// <summary>Takes what was read.</summary>
    public void Fill(byte[][] viewers, byte[][] videos, string[] viewed, long[] durations)
    {
        for (var i = 0; i < viewers.Length; i++) Take(_viewers[i], viewers[i]);
        for (var i = 0; i < videos.Length; i++) Take(_videos[i], videos[i]);
        var byVideo = new Dictionary<string, long>(viewed.Length);
        for (var i = 0; i < viewed.Length; i++) byVideo[viewed[i]] = durations[i];
        for (var i = 0; i < _events.Count; i++)
            _ratios[i] = WatchRatio.Of(_events[i].WatchTimeMs, byVideo.GetValueOrDefault(_events[i].VideoId));
    }

    /// <summary>Lets the viewers absorb their events, and the videos those that count.</summary>
    public Absorption[] Decide(ViewerLimits limits)
    {
        for (var i = 0; i < _events.Count; i++)
        {
            var viewer = _viewers[_viewerOf[i]];
            _outcomes[i] = ViewerTransition.Absorb(viewer.State, _events[i], _ratios[i], limits);
            viewer.IsChanged |= _outcomes[i] is Absorption.Effective or Absorption.Forgotten;
            if (_outcomes[i] != Absorption.Effective) continue;
            var video = _videos[_videoOf[i]];
            video.IsChanged |= VideoTransition.Absorb(video.State, _events[i], _ratios[i]);
        }
        return _outcomes;
    }

    /// <summary>Writes the changed videos; returns the number of lost writes.</summary>
    public Task<int> WriteVideosAsync(IOnlineStore store, int partition, CancellationToken cancellationToken) => ConditionalWriter.WriteAsync(
        _videos,
        static v =>
        {
            v.State.Version = v.StoredVersion + 1;
            return v.State.Encode();
        },
        writes => store.WriteVideosAsync(writes, partition, cancellationToken),
        (video, bytes) =>
        {
            Take(video, bytes);
            foreach (var i in video.Events)
                if (_outcomes[i] == Absorption.Effective) video.IsChanged |= VideoTransition.Absorb(video.State, _events[i], _ratios[i]);
        });

    /// <summary>Writes the changed viewers; returns the number of lost writes.</summary>
    public Task<int> WriteViewersAsync(IOnlineStore store, ViewerLimits limits, CancellationToken cancellationToken) => ConditionalWriter.WriteAsync(
        _viewers,
        static v =>
        {
            v.State.Version = v.StoredVersion + 1;
            return v.State.Encode();
        },
        writes => store.WriteViewersAsync(writes, cancellationToken),
        (viewer, bytes) =>
        {
            Take(viewer, bytes);
            foreach (var i in viewer.Events)
                viewer.IsChanged |= ViewerTransition.Absorb(viewer.State, _events[i], _ratios[i], limits) is Absorption.Effective or Absorption.Forgotten;
        });

    /// <summary>
    /// Trending scores of all videos of the batch in one window. Those that did not change are among them: a crash may have come between
    /// the video's counters and its score.
    /// </summary>
    public List<TrendingScore> Scores(int window)
    {
        var scores = new List<TrendingScore>(_videos.Count);
        foreach (var video in _videos)
        {
            var score = video.State.Trending[window].Log2;
            if (double.IsFinite(score)) scores.Add(new TrendingScore(video.Id, score));
        }
        return scores;
    }

    private static void Take(TrackedValue<ViewerState> viewer, byte[] bytes)
    {
        viewer.State = ViewerState.Decode(bytes);
        viewer.StoredVersion = viewer.State.Version;
        viewer.IsChanged = false;
    }

    private static void Take(TrackedValue<VideoCounters> video, byte[] bytes)
    {
        video.State = VideoCounters.Decode(bytes);
        video.StoredVersion = video.State.Version;
        video.IsChanged = false;
    }

    private int[] Group<TState>(List<TrackedValue<TState>> values, Func<FeatureEvent, string> id) where TState : class
    {
        var places = new Dictionary<string, int>(_events.Count, StringComparer.Ordinal);
        var placeOf = new int[_events.Count];
        for (var i = 0; i < placeOf.Length; i++)
        {
            ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, id(_events[i]), out var known);
            if (!known)
            {
                place = values.Count;
                values.Add(new TrackedValue<TState>(id(_events[i])));
            }
            values[place].Events.Add(i);
            placeOf[i] = place;
        }
        return placeOf;
    }
}
