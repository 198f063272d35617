using System.Globalization;
using Recommender.Modeling.Weights;
using Recommender.Training.Dataset;

namespace Recommender.Training.Assessing;

/// <summary>Checks on types and ranges of what was read.</summary>
internal static class RangeFindings
{
    private const double LongestRatio = 10;
    private const double LongestSeconds = 86_400;
    private const int LongestId = 256;
    private static readonly string[] s_placeholders = ["null", "none", "nan", "undefined", "n/a"];

    /// <summary>How often each check found something, by name.</summary>
    public static SortedDictionary<string, long> Of(AssessmentInput input, EventDataset events, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (longRatio, longWatch, unknown, repeated, early, late) = (0L, 0L, 0L, 0L, 0L, 0L);
        var earliest = new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        var seen = new HashSet<(int Video, byte Signal)>();
        for (var viewer = 0; viewer < events.Viewers.Count; viewer++)
        {
            if (viewer % 4096 == 0) cancellationToken.ThrowIfCancellationRequested();
            var own = events.Events(viewer);
            for (var i = 0; i < own.Length; i++)
            {
                if (i == 0 || own.Times[i] != own.Times[i - 1]) seen.Clear();
                if (!seen.Add((own.Videos[i], own.Signals[i]))) repeated++;
                if (input.HasTimes && own.Times[i] < earliest) early++;
                if (input.HasTimes && own.Times[i] > now.ToUnixTimeMilliseconds()) late++;
                if (own.SignalAt(i) != Signal.View) continue;
                var duration = events.Durations[own.Videos[i]];
                if (own.WatchSeconds[i] > LongestSeconds) longWatch++;
                if (!(duration > 0)) unknown++;
                else if (own.WatchSeconds[i] / duration > LongestRatio) longRatio++;
            }
        }
        return new SortedDictionary<string, long>(StringComparer.Ordinal)
        {
            [Checks.NegativeWatch] = input.NegativeWatches,
            [Checks.LongWatch] = longWatch,
            [Checks.EarlyTime] = early,
            [Checks.FutureTime] = late,
            [Checks.WatchRatio] = longRatio,
            [Checks.UnknownDuration] = unknown,
            [Checks.RepeatedEvent] = repeated,
            [Checks.OddId] = events.Viewers.Count(IsOdd) + events.Videos.Count(IsOdd),
            [Checks.AlikeIds] = Alike(events.Viewers) + Alike(events.Videos),
        };
    }

    private static bool IsOdd(string id) =>
        id.Length > LongestId || id != id.Trim() || s_placeholders.Contains(id, StringComparer.OrdinalIgnoreCase)
        || id.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.PrivateUse);

    private static long Alike(IdList ids) => ids.Count - ids.Distinct(StringComparer.OrdinalIgnoreCase).Count();
}
