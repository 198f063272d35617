using Google.Protobuf.WellKnownTypes;
using Recommender.V1;

namespace Recommender.Standalone.Simulate;

/// <summary>What a viewer does with a video on their screen.</summary>
internal static class Reactions
{
    /// <summary>The view, and what follows it; times are set, ids are not.</summary>
    public static IEnumerable<Event> To(SimulatedVideo video, SimulatedViewer viewer, DateTimeOffset at, Random random)
    {
        // A video can disappoint whom it should please, and the other way round.
        var drawn = Math.Clamp(viewer.Affinity(video) + 0.2 * (random.NextDouble() - 0.5), 0, 1);
        var ratio = drawn > 0.3 ? 0.35 + 0.75 * random.NextDouble() : 0.02 + 0.28 * random.NextDouble();
        var watched = TimeSpan.FromMilliseconds(Math.Round(video.Duration.TotalMilliseconds * ratio));
        var after = at + watched;
        var view = Create(EventType.View, after);
        view.WatchTime = Duration.FromTimeSpan(watched);
        yield return view;

        if (random.NextDouble() < 0.35 * drawn * drawn * video.Quality)
        {
            yield return Create(EventType.Like, after.AddSeconds(1));
            if (random.NextDouble() < 0.15 * video.Quality) yield return Create(EventType.Share, after.AddSeconds(3));
            var attached = random.NextDouble();
            if (attached < 0.08) yield return Create(EventType.Follow, after.AddSeconds(4));
            if (attached < 0.04) yield return OfAuthor(EventType.FollowAuthor, after.AddSeconds(4));
            if (attached < 0.004) yield return OfAuthor(EventType.UnfollowAuthor, after.AddSeconds(6));
            if (random.NextDouble() < 0.02) yield return Create(EventType.Unlike, after.AddSeconds(5));
        }
        else if (ratio < 0.3 && random.NextDouble() < 0.9)
        {
            yield return Create(EventType.Skip, after);
            // Few dislike a video so much that they want nothing more of its author, and fewer think better of it.
            var disliked = random.NextDouble();
            if (disliked < 0.06) yield return Create(EventType.NotInterested, after.AddSeconds(1));
            if (disliked < 0.02) yield return OfAuthor(EventType.MuteAuthor, after.AddSeconds(2));
            if (disliked < 0.005) yield return OfAuthor(EventType.UnmuteAuthor, after.AddSeconds(6));
        }

        Event Create(EventType type, DateTimeOffset time) =>
            new() { Type = type, UserId = viewer.Id, VideoId = video.Id, OccurredAt = Timestamp.FromDateTimeOffset(time) };

        Event OfAuthor(EventType type, DateTimeOffset time)
        {
            var e = Create(type, time);
            e.AuthorId = video.AuthorId;
            return e;
        }
    }
}
