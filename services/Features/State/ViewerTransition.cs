using System.Runtime.InteropServices;
using Recommender.Contracts;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Features.State;

/// <summary>
/// How an event changes a viewer's state. A function of both alone, so that replaying the log gives the same state: events of one
/// topic come in the order of their offsets, and the order between topics changes nothing within the bounds of what is remembered.
/// </summary>
internal static class ViewerTransition
{
    /// <summary>Absorbs one event and says what it did.</summary>
    /// <param name="state">The viewer's state; changed in place.</param>
    /// <param name="e">The event.</param>
    /// <param name="watchRatio">Watch time by duration; null when unknown.</param>
    /// <param name="limits">Bounds of what is remembered.</param>
    public static Absorption Absorb(ViewerState state, in FeatureEvent e, float? watchRatio, ViewerLimits limits)
    {
        if (state.Watermarks.Reaches(e.After)) return Absorption.Replayed;
        state.Watermarks.Advance(e.After);
        if (e.IsErasure) state.Forget(e.ReceivedAtMs);
        if (e.ReceivedAtMs <= state.ForgottenAtMs) return Absorption.Forgotten;
        if (state.Knows(e.EventId)) return Absorption.Duplicate;
        if (state.EventIds.Count > 0) state.EventIds.RemoveAt(0);
        Count(state, e.Type);
        state.LastSeenAtMs = Math.Max(state.LastSeenAtMs, e.OccurredAtMs);
        if (EventTypes.IsOfAuthor(e.Type)) return Decide(state, e, limits);
        Place(state, new RecentInteraction(e.VideoId, e.Type, e.OccurredAtMs, watchRatio ?? 0, RetryKey.Of(e.EventId)), limits);
        if (e.Type == EventType.NotInterested) RememberLast(state.Hidden, StableHash.Of(e.VideoId), limits.Hidden);
        return Absorption.Effective;
    }

    /// <summary>A decision about an author is no interaction: it takes no place among them, and says nothing of a video.</summary>
    private static Absorption Decide(ViewerState state, in FeatureEvent e, ViewerLimits limits)
    {
        var decision = new AuthorDecision(e.AuthorId, e.OccurredAtMs, !EventTypes.TakesBack(e.Type));
        if (EventTypes.IsOfMuting(e.Type)) state.Muted.Decide(decision, limits.MutedAuthors);
        else state.Followed.Decide(decision, limits.FollowedAuthors);
        RememberLast(state.OlderEvents, RetryKey.Of(e.EventId), Math.Max(0, limits.EventIds - limits.RecentInteractions));
        return Absorption.Effective;
    }

    private static void Count(ViewerState state, EventType type)
    {
        switch (type)
        {
            case EventType.View: state.Views++; break;
            case EventType.Like: state.Likes++; break;
            case EventType.Unlike: state.Unlikes++; break;
            case EventType.Share: state.Shares++; break;
            case EventType.Skip: state.Skips++; break;
        }
    }

    /// <summary>Puts an interaction where its time says, newest first, and lets the oldest go.</summary>
    private static void Place(ViewerState state, in RecentInteraction interaction, ViewerLimits limits)
    {
        var recent = state.Recent;
        var index = 0;
        while (index < recent.Count && IsBefore(recent[index], interaction)) index++;
        recent.Insert(index, interaction);
        while (recent.Count > limits.RecentInteractions)
        {
            var evicted = recent[^1];
            recent.RemoveAt(recent.Count - 1);
            var video = StableHash.Of(evicted.VideoId);
            // Following an author does not mean that the video was watched.
            if (evicted.Type != EventType.Follow) RememberLast(state.OlderSeen, video, limits.OlderSeen);
            RememberLast(state.OlderEvents, evicted.Key, Math.Max(0, limits.EventIds - limits.RecentInteractions));
        }
    }

    /// <summary>A total order, so that events of the same millisecond end in the same places whatever the order of their arrival.</summary>
    private static bool IsBefore(in RecentInteraction a, in RecentInteraction b)
    {
        if (a.OccurredAtMs != b.OccurredAtMs) return a.OccurredAtMs > b.OccurredAtMs;
        var order = string.CompareOrdinal(a.VideoId, b.VideoId);
        if (order != 0) return order < 0;
        if (a.Type != b.Type) return a.Type < b.Type;
        return a.WatchRatio != b.WatchRatio ? a.WatchRatio > b.WatchRatio : a.Key < b.Key;
    }

    /// <summary>Adds a hash at the end of a bounded list, oldest first; a hash that is in it moves to the end.</summary>
    private static void RememberLast(List<ulong> hashes, ulong hash, int limit)
    {
        var index = CollectionsMarshal.AsSpan(hashes).IndexOf(hash);
        if (index >= 0) hashes.RemoveAt(index);
        hashes.Add(hash);
        if (hashes.Count > limit) hashes.RemoveRange(0, hashes.Count - limit);
    }
}
