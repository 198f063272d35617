using Google.Protobuf.WellKnownTypes;
using Recommender.V1;

namespace Recommender.Tests.Shared;

/// <summary>Events for tests of training.</summary>
public static class TestEvents
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>One event at <paramref name="second"/> seconds after the first of November 2026.</summary>
    public static Event One(string user, string video, double second, EventType type = EventType.View, double? watched = null, string? id = null)
    {
        var e = new Event
        {
            EventId = id ?? $"{user}-{video}-{second}-{(int)type}",
            Type = type,
            UserId = user,
            VideoId = video,
            OccurredAt = Timestamp.FromDateTimeOffset(s_start.AddSeconds(second)),
        };
        if (watched is { } seconds) e.WatchTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds));
        return e;
    }

    /// <summary>
    /// Viewers each of whom watches videos of one of <paramref name="tastes"/> kinds, so that whoever knows the viewer beats popularity.
    /// The same for the same arguments.
    /// </summary>
    public static IEnumerable<Event> Tastes(int viewers, int videos, int perViewer = 20, int tastes = 4, int seed = 1)
    {
        var random = new Random(seed);
        var events = new List<Event>();
        for (var viewer = 0; viewer < viewers; viewer++)
        {
            for (var n = 0; n < perViewer; n++)
            {
                var taste = random.Next(10) == 0 ? random.Next(tastes) : viewer % tastes;
                var video = (random.Next(videos / tastes) * tastes) + taste;
                var second = random.Next(1_000_000);
                events.Add(One($"viewer-{viewer:D4}", $"video-{video:D4}", second, EventType.View, watched: 5 + random.Next(60)));
                if (random.Next(3) == 0) events.Add(One($"viewer-{viewer:D4}", $"video-{video:D4}", second + 1, EventType.Like));
            }
        }
        return events.OrderBy(e => e.OccurredAt.ToDateTimeOffset());
    }
}
