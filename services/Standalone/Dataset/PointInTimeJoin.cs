using System.Runtime.InteropServices;

namespace Recommender.Standalone.Dataset;

/// <summary>
/// Joins each example with the counters as they were just before it: an event counts for an example when it was known strictly earlier, that is when
/// both the time at which it happened and the time at which the door took it are smaller. So nothing of the future leaks into a feature, and an event
/// that came late is not there before it came. One sweep through both in the order of time; memory: 40 bytes per event, 100 per example.
/// </summary>
internal static class PointInTimeJoin
{
    /// <summary>The rows in the order of time, and of one time in the order of the examples.</summary>
    /// <param name="events">What happened, in any order; sorted in place.</param>
    /// <param name="examples">What to join, in any order.</param>
    public static IEnumerable<PointInTimeRow> Rows(List<KnownEvent> events, IEnumerable<Example> examples)
    {
        events.Sort((a, b) => a.KnownMs.CompareTo(b.KnownMs));
        var (viewers, videos, pairs) = (new Dictionary<long, Tally>(), new Dictionary<long, Tally>(), new Dictionary<long, Tally>());
        var next = 0;
        foreach (var example in examples.OrderBy(e => e.AtMs))
        {
            for (; next < events.Count && events[next].KnownMs < example.AtMs; next++)
            {
                var e = events[next];
                CollectionsMarshal.GetValueRefOrAddDefault(viewers, e.User, out _).Add(e);
                CollectionsMarshal.GetValueRefOrAddDefault(videos, e.Video, out _).Add(e);
                CollectionsMarshal.GetValueRefOrAddDefault(pairs, Pair(e.User, e.Video), out _).Add(e);
            }
            yield return new PointInTimeRow(
                example, viewers.GetValueOrDefault(example.User), videos.GetValueOrDefault(example.Video), pairs.GetValueOrDefault(Pair(example.User, example.Video)));
        }
    }

    private static long Pair(int user, int video) => ((long)user << 32) | (uint)video;
}
