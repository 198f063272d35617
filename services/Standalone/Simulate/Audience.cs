using System.Globalization;
using Recommender.V1;

namespace Recommender.Standalone.Simulate;

/// <summary>
/// Lets the viewers of a world watch: they come in sessions, find videos by their taste or by popularity, watch longer what they are drawn to, like and share some of
/// it, and swipe the rest away. Nothing is watched twice.
/// </summary>
internal sealed class Audience
{
    private const double MeanSession = 9;
    private const double EventsPerVideo = 1.82; // a little more than it is: the rest comes at the end
    private const double FoundByTaste = 0.7;
    private const int MaxEmpty = 50; // sessions in a row
    private readonly World _world;
    private readonly DateTimeOffset _start, _end;
    private readonly Random _random;
    private readonly Dictionary<string, HashSet<int>> _watched = new(StringComparer.Ordinal);
    private readonly string _idPrefix;
    private readonly WeightedPick _comers;
    private int _events;
    private Shelf _shelf;

    /// <summary>Prepares a play.</summary>
    /// <param name="world">The world.</param>
    /// <param name="end">End of the period, usually now. Another end is another play: new events of the same viewers.</param>
    public Audience(World world, DateTimeOffset end)
    {
        _world = world;
        _end = end;
        _start = end - TimeSpan.FromDays(world.Settings.Days);
        _random = new Random(HashCode(world.Settings.Seed, end));
        _idPrefix = string.Create(CultureInfo.InvariantCulture, $"sim-{world.Settings.Seed}-{end.ToUnixTimeMilliseconds():x}-");
        _comers = new WeightedPick(world.Viewers.Select(v => v.Activity));
        _shelf = new Shelf(world, 0);
    }

    /// <summary>What happens, roughly in the order of time; lazily, and only once.</summary>
    public IEnumerable<AudienceStep> Play()
    {
        for (var day = 0; day < _world.Settings.Days; day++)
        {
            if (Publish(day) is { Count: > 0 } published) yield return new AudienceStep(published, null);
            _shelf = new Shelf(_world, day);
            foreach (var e in Sessions(_start.AddDays(day), TimeSpan.FromDays(1), SessionsOf(day)))
            {
                yield return new AudienceStep([], e);
                if (++_events == _world.Settings.Events) yield break;
            }
        }
        // What the estimate of sessions left over comes in the last hour. A viewer who has seen nearly everything finds nothing, which says little of the others.
        for (var (empty, before) = (0, 0); empty < MaxEmpty; empty = _events > before ? 0 : empty + 1)
        {
            before = _events;
            foreach (var e in Sessions(_end.AddHours(-1), TimeSpan.FromHours(1), SessionsOf(_world.Settings.Days - 1) + 1))
            {
                yield return new AudienceStep([], e);
                if (++_events == _world.Settings.Events) yield break;
            }
        }
    }

    private List<Video> Publish(int day) =>
    [
        // What was there before has been there for up to a month.
        .. _world.Videos.Where(v => v.ArrivalDay == day).Select((v, i) => v.ToCatalog(day == 0 ? _start.AddDays(-1 - i % 30) : _start.AddDays(day).AddMinutes(i))),
    ];

    private int SessionsOf(int day) =>
        (int)((_world.Settings.Events - _events) / (double)(_world.Settings.Days - day) / (MeanSession * EventsPerVideo));

    private IEnumerable<Event> Sessions(DateTimeOffset from, TimeSpan length, int count)
    {
        var spacing = length / (count + 1);
        for (var i = 0; i < count; i++)
        {
            foreach (var e in Watch(_world.Viewers[_comers.Next(_random)], from + spacing * i))
            {
                if (e.OccurredAt.ToDateTimeOffset() > _end) break;
                yield return e;
            }
        }
    }

    private IEnumerable<Event> Watch(SimulatedViewer viewer, DateTimeOffset at)
    {
        if (!_watched.TryGetValue(viewer.Id, out var watched)) _watched[viewer.Id] = watched = [];
        var session = string.Create(CultureInfo.InvariantCulture, $"{viewer.Id}-{at.ToUnixTimeSeconds():x}");
        do
        {
            if (Find(viewer, watched) is not { } index) yield break;
            watched.Add(index);
            var video = _world.Videos[index];
            foreach (var e in Reactions.To(video, viewer, at, _random))
            {
                e.EventId = _idPrefix + (_events + 1).ToString(CultureInfo.InvariantCulture);
                e.SessionId = session;
                e.Surface = "for_you";
                at = e.OccurredAt.ToDateTimeOffset();
                yield return e;
            }
            at += TimeSpan.FromSeconds(1);
        }
        while (_random.NextDouble() > 1 / MeanSession);
    }

    private int? Find(SimulatedViewer viewer, HashSet<int> watched)
    {
        var tastes = new WeightedPick(viewer.Taste);
        for (var tries = 0; tries < 30; tries++)
        {
            var index = _random.NextDouble() < FoundByTaste ? _shelf.OfTheme(tastes.Next(_random), _random) : _shelf.Any(_random);
            if (index is { } found && !watched.Contains(found)) return found;
        }
        return null; // they have seen it all
    }

    private static int HashCode(int seed, DateTimeOffset end) => unchecked((int)(seed * 2654435761u ^ (uint)end.ToUnixTimeMilliseconds() * 40503u));

    /// <summary>The videos that are there on one day.</summary>
    private sealed class Shelf
    {
        private readonly (int[] Videos, WeightedPick Pick)?[] _themes;
        private readonly (int[] Videos, WeightedPick Pick)? _all;

        public Shelf(World world, int day)
        {
            var there = Enumerable.Range(0, world.Videos.Count).Where(i => world.Videos[i].ArrivalDay <= day).ToArray();
            _all = Section(world, there);
            _themes = [.. Enumerable.Range(0, Theme.All.Count).Select(t => Section(world, [.. there.Where(i => world.Videos[i].Themes.Contains(t))]))];
        }

        public int? OfTheme(int theme, Random random) => Draw(_themes[theme], random);

        public int? Any(Random random) => Draw(_all, random);

        private static (int[], WeightedPick)? Section(World world, int[] videos) =>
            videos.Length == 0 ? null : (videos, new WeightedPick(videos.Select(i => world.Videos[i].Popularity)));

        private static int? Draw((int[] Videos, WeightedPick Pick)? section, Random random) => section is var (videos, pick) ? videos[pick.Next(random)] : null;
    }
}
