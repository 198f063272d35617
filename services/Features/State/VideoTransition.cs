using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Features.State;

/// <summary>How an event that counts changes one partition's share of a video's counters.</summary>
internal static class VideoTransition
{
    /// <summary>Absorbs one effective event; false when the watermark says that it was absorbed before.</summary>
    /// <param name="counters">The partition's counters of the video; changed in place.</param>
    /// <param name="e">An event that is <see cref="Absorption.Effective"/> for its viewer.</param>
    /// <param name="watchRatio">Watch time by duration; null when unknown.</param>
    public static bool Absorb(VideoCounters counters, in FeatureEvent e, float? watchRatio)
    {
        if (counters.Watermarks.Reaches(e.After)) return false;
        counters.Watermarks.Advance(e.After);
        switch (e.Type)
        {
            case EventType.View:
                counters.Views++;
                if (watchRatio is not { } ratio) break;
                counters.WatchRatioSum += ratio;
                counters.WatchRatioCount++;
                break;
            case EventType.Like: counters.Likes++; break;
            case EventType.Unlike: counters.Unlikes++; break;
            case EventType.Share: counters.Shares++; break;
            case EventType.Skip: counters.Skips++; break;
            case EventType.NotInterested: counters.NotInterested++; break;
        }
        var weight = Engagement.Of(e.Type, watchRatio);
        for (var i = 0; i < counters.Trending.Length; i++)
            counters.Trending[i] = counters.Trending[i].Add(DecayedSum.Of(weight, e.OccurredAtMs, OnlineKeys.Windows[i].HalfLife));
        return true;
    }
}
