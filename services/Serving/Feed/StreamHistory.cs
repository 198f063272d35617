using System.Runtime.InteropServices;
using Recommender.Contracts;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Serving.Feed;

/// <summary>
/// What one stream knows of its viewer beside Redis: what the app told in it, and what it was given. Bounded: the newest
/// <see cref="MaxEvents"/> events and decisions about authors, and as many videos as a stream may bring. For one thread at a time.
/// </summary>
internal sealed class StreamHistory
{
    /// <summary>Events that are held: as many interactions as a viewer's state has by default.</summary>
    public const int MaxEvents = 100;

    private readonly List<Told> _told = [];
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ahead = new(StringComparer.Ordinal);
    private readonly HashSet<ulong> _hidden = [];
    private readonly AuthorDecisions _muted = new();
    private readonly AuthorDecisions _followed = new();

    /// <summary>Ids of the videos that the stream brought.</summary>
    public IReadOnlyCollection<string> Given => _given;

    /// <summary>Notes videos that are on their way to the app.</summary>
    public void Give(IEnumerable<RecommendedVideo> videos)
    {
        foreach (var video in videos)
        {
            _given.Add(video.VideoId);
            _ahead.Add(video.VideoId);
        }
    }

    /// <summary>Notes what the viewer did.</summary>
    /// <param name="e">The event, with its id and time.</param>
    /// <param name="watchRatio">Watch time by duration; 0 when unknown.</param>
    /// <param name="receivedAtMs">When it came, Unix milliseconds.</param>
    /// <returns>Whether the viewer is done with a video that the app had ahead.</returns>
    public bool Tell(Event e, float watchRatio, long receivedAtMs)
    {
        var eventId = StableHash.Of(e.EventId);
        var at = e.OccurredAt.ToDateTimeOffset().ToUnixTimeMilliseconds();
        if (EventTypes.IsOfAuthor(e.Type))
        {
            (EventTypes.IsOfMuting(e.Type) ? _muted : _followed).Decide(new AuthorDecision(e.AuthorId, at, !EventTypes.TakesBack(e.Type)), MaxEvents);
            return false;
        }
        var interaction = new RecentInteraction(e.VideoId, e.Type, at, watchRatio, RetryKey.Of(eventId));
        if (_told.Count == MaxEvents) _told.RemoveAt(0);
        _told.Add(new Told(eventId, interaction, receivedAtMs));
        if (e.Type == EventType.NotInterested) _hidden.Add(StableHash.Of(e.VideoId));
        return e.Type is EventType.View or EventType.Skip or EventType.NotInterested && _ahead.Remove(e.VideoId);
    }

    /// <summary>Brings a viewer's state up to what the stream knows. What the state has absorbed already is left as it is.</summary>
    public void ApplyTo(ViewerState state)
    {
        foreach (var told in _told)
        {
            if (told.ReceivedAtMs <= state.ForgottenAtMs || state.Knows(told.EventId)) continue;
            Place(state.Recent, told.Interaction);
            state.LastSeenAtMs = Math.Max(state.LastSeenAtMs, told.Interaction.OccurredAtMs);
        }
        foreach (var hash in _hidden)
            if (!state.Hidden.Contains(hash)) state.Hidden.Add(hash);
        foreach (ref readonly var decision in _muted.Decisions) state.Muted.Decide(decision, int.MaxValue);
        foreach (ref readonly var decision in _followed.Decisions) state.Followed.Decide(decision, int.MaxValue);
    }

    /// <summary>Puts an interaction where its time says, newest first.</summary>
    private static void Place(List<RecentInteraction> recent, in RecentInteraction interaction)
    {
        var index = 0;
        foreach (ref readonly var other in CollectionsMarshal.AsSpan(recent))
        {
            if (other.OccurredAtMs < interaction.OccurredAtMs) break;
            index++;
        }
        recent.Insert(index, interaction);
    }

    private readonly record struct Told(ulong EventId, RecentInteraction Interaction, long ReceivedAtMs);
}
