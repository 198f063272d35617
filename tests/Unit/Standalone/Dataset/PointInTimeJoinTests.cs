using Recommender.Standalone.Dataset;
using Recommender.Tests.Unit.Modeling;
using Recommender.V1;

namespace Recommender.Tests.Unit.Standalone.Dataset;

public sealed class PointInTimeJoinTests
{
    [Fact]
    public void Every_row_has_just_what_was_known_before_it() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        // Few moments, so that many are the same.
        var events = Enumerable.Range(0, random.Next(80)).Select(_ =>
        {
            var at = random.Next(1, 40);
            return new KnownEvent(random.Next(3), random.Next(4), (EventType)random.Next(8), at, at + (random.Next(3) * random.Next(10)), random.Next(100));
        }).ToList();
        var examples = Enumerable.Range(0, random.Next(30)).Select(i => new Example(random.Next(60), random.Next(3), random.Next(4), $"{i}", 0, "", 0)).ToArray();
        var rows = PointInTimeJoin.Rows([.. events], examples).ToArray();

        Assert.Equal(examples.OrderBy(e => e.AtMs).Select(e => e.RequestId), rows.Select(r => r.Of.RequestId));
        foreach (var row in rows)
        {
            var known = events.Where(e => e.AtMs < row.Of.AtMs && e.KnownMs < row.Of.AtMs).ToArray();
            Assert.Equal(Slow(known.Where(e => e.User == row.Of.User)), row.Viewer);
            Assert.Equal(Slow(known.Where(e => e.Video == row.Of.Video)), row.Clip);
            Assert.Equal(Slow(known.Where(e => e.User == row.Of.User && e.Video == row.Of.Video)), row.Pair);
        }
    });

    private static Tally Slow(IEnumerable<KnownEvent> events)
    {
        var all = events.ToArray();
        return new Tally
        {
            Views = Of(EventType.View), Likes = Of(EventType.Like), Unlikes = Of(EventType.Unlike), Shares = Of(EventType.Share), Skips = Of(EventType.Skip),
            NotInterested = Of(EventType.NotInterested), Follows = Of(EventType.Follow), Impressions = Of(EventType.Unspecified),
            WatchedMs = all.Where(e => e.Type == EventType.View).Sum(e => e.WatchedMs), LastAtMs = all.Select(e => e.AtMs).DefaultIfEmpty().Max(),
        };

        long Of(EventType type) => all.Count(e => e.Type == type);
    }
}
