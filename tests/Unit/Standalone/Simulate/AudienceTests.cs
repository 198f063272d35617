using Recommender.Contracts.Json;
using Recommender.Standalone.Simulate;
using Recommender.V1;

namespace Recommender.Tests.Unit.Standalone.Simulate;

public sealed class AudienceTests
{
    private static readonly DateTimeOffset s_end = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly AudienceSettings s_settings = new() { Viewers = 300, Videos = 400, Events = 12_000 };

    private static List<AudienceStep> Play(AudienceSettings settings, DateTimeOffset? end = null) => [.. new Audience(World.Create(settings), end ?? s_end).Play()];

    private static List<Event> Events(AudienceSettings settings) => [.. Play(settings).Select(s => s.Event).OfType<Event>()];

    [Fact]
    public void The_same_seed_and_period_give_the_same_play()
    {
        Assert.Equal(Text(Play(s_settings)), Text(Play(s_settings)));
        Assert.NotEqual(Text(Play(s_settings)), Text(Play(s_settings with { Seed = 2 })));

        static IEnumerable<string> Text(List<AudienceStep> steps) => steps.Select(s => s.Event?.ToString() ?? string.Join(',', s.Published.Select(v => v.ToString())));
    }

    [Fact]
    public void Another_end_is_another_play_of_the_same_world()
    {
        var (first, second) = (Play(s_settings), Play(s_settings, s_end.AddDays(1)));
        Assert.Empty(Ids(first).Intersect(Ids(second)));
        Assert.Equal(first[0].Published.Select(v => v.Title), second[0].Published.Select(v => v.Title));

        static IEnumerable<string> Ids(List<AudienceStep> steps) => steps.Select(s => s.Event?.EventId).OfType<string>();
    }

    [Fact]
    public void There_are_as_many_events_as_asked_for_with_ids_of_their_own()
    {
        var events = Events(s_settings);
        Assert.Equal(s_settings.Events, events.Count);
        Assert.Equal(s_settings.Events, events.Select(e => e.EventId).Distinct().Count());
        Assert.Equal(Enum.GetValues<EventType>().Where(t => t != EventType.Unspecified), events.Select(e => e.Type).Distinct().Order());
    }

    [Fact]
    public void Events_fill_the_period_and_none_is_in_the_future()
    {
        var times = Events(s_settings).Select(e => e.OccurredAt.ToDateTimeOffset()).ToArray();
        Assert.All(times, t => Assert.InRange(t, s_end.AddDays(-s_settings.Days), s_end));
        Assert.Contains(times, t => t > s_end.AddHours(-1));
        for (var day = 1; day <= s_settings.Days; day++)
            Assert.InRange(times.Count(t => t > s_end.AddDays(-day) && t <= s_end.AddDays(-day + 1)), 500, 1500);
    }

    [Fact]
    public void Nobody_watches_a_video_before_it_is_published_or_twice()
    {
        var published = new HashSet<string>();
        var watched = new HashSet<(string, string)>();
        foreach (var step in Play(s_settings))
        {
            published.UnionWith(step.Published.Select(v => v.VideoId));
            if (step.Event is not { } e) continue;
            Assert.Contains(e.VideoId, published);
            if (e.Type == EventType.View) Assert.True(watched.Add((e.UserId, e.VideoId)));
            else Assert.Contains((e.UserId, e.VideoId), watched);
        }
        Assert.Equal(s_settings.Videos, published.Count);
    }

    [Fact]
    public void New_videos_arrive_during_the_period() =>
        Assert.True(Play(s_settings).Count(s => s.Published.Count > 0) > 5);

    [Fact]
    public void Viewers_watch_longer_and_like_more_what_is_to_their_taste()
    {
        var world = World.Create(s_settings);
        var viewers = world.Viewers.ToDictionary(v => v.Id);
        var videos = world.Videos.ToDictionary(v => v.Id);
        var views = Events(s_settings).Where(e => e.Type == EventType.View).ToLookup(e => viewers[e.UserId].Affinity(videos[e.VideoId]) > 0.5);
        var likes = Events(s_settings).Where(e => e.Type == EventType.Like).ToLookup(e => viewers[e.UserId].Affinity(videos[e.VideoId]) > 0.5);

        Assert.True(Ratio(views[true]) > 2 * Ratio(views[false]));
        Assert.True((double)likes[true].Count() / views[true].Count() > 4 * (double)likes[false].Count() / views[false].Count());

        double Ratio(IEnumerable<Event> some) => some.Average(e => e.WatchTime.ToTimeSpan() / videos[e.VideoId].Duration);
    }

    [Fact]
    public void A_few_videos_have_most_of_the_views()
    {
        var counts = Events(s_settings).Where(e => e.Type == EventType.View).CountBy(e => e.VideoId).Select(c => c.Value).OrderDescending().ToArray();
        Assert.True(counts.Take(counts.Length / 10).Sum() > 0.3 * counts.Sum());
    }

    [Fact]
    public void Every_event_has_its_json_form() => Assert.All(Events(s_settings with { Events = 500 }), e => Assert.Equal(e, EventJson.Parse(EventJson.Serialize(e))));

    [Fact]
    public void A_tiny_world_ends_when_everything_is_watched()
    {
        var steps = Play(new AudienceSettings { Viewers = 1, Videos = 100, Events = 100_000 });
        Assert.InRange(steps.Count, 50, 1000);
    }
}
