using System.Globalization;
using Recommender.Training.Dataset;

namespace Recommender.Training.Assessing;

/// <summary>When things happened.</summary>
internal static class TimeFindings
{
    private const int MostPeriods = 120;
    private const int ShownGaps = 5;
    private const double ShortestGapHours = 6;
    private const long Day = 86_400_000;
    private const long Hour = 3_600_000;

    /// <summary>Describes the times of all events; null when there are none.</summary>
    public static TimeCoverage? Of(EventDataset events)
    {
        if (events.EventCount == 0) return null;
        var times = new long[events.EventCount];
        for (var (viewer, filled) = (0, 0); viewer < events.Viewers.Count; filled += events.EventsOf(viewer++)) events.Events(viewer).Times.CopyTo(times.AsSpan(filled));
        Array.Sort(times);
        var (first, last) = (times[0], times[^1]);
        var days = (int)Math.Min(int.MaxValue, Floor(last, Day) - Floor(first, Day) + 1);
        return new TimeCoverage(
            Moment(first), Moment(last), days, times.Select(t => Floor(t, Day)).Distinct().Count(), Gaps(times), SameTime(times), Periods(times, days), Hours(times));
    }

    /// <summary>A gap is far longer than what is usual between two events of this data.</summary>
    private static IReadOnlyList<Gap> Gaps(long[] times)
    {
        var gaps = new List<Gap>();
        var usual = times.Length < 2 ? 0 : (times[^1] - times[0]) / (double)(times.Length - 1);
        for (var i = 1; i < times.Length; i++)
        {
            var length = times[i] - times[i - 1];
            if (length >= ShortestGapHours * Hour && length >= 20 * usual) gaps.Add(new Gap(Moment(times[i - 1]), length / (double)Hour));
        }
        return [.. gaps.OrderByDescending(g => g.Hours).Take(ShownGaps)];
    }

    private static double SameTime(long[] times)
    {
        var (most, run) = (1, 1);
        for (var i = 1; i < times.Length; i++)
        {
            run = times[i] / 1000 == times[i - 1] / 1000 ? run + 1 : 1;
            most = Math.Max(most, run);
        }
        return most / (double)times.Length;
    }

    private static Bin[] Periods(long[] times, int days)
    {
        var width = Day * ((days + MostPeriods - 1) / MostPeriods);
        var first = Floor(times[0], Day) * Day;
        var counts = new long[((times[^1] - first) / width) + 1];
        foreach (var at in times) counts[(at - first) / width]++;
        return [.. counts.Select((count, i) => new Bin(Moment(first + (i * width)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), count))];
    }

    private static long[] Hours(long[] times)
    {
        var hours = new long[24];
        foreach (var at in times) hours[(int)(Floor(at, Hour) - (Floor(at, Day) * 24))]++;
        return hours;
    }

    private static long Floor(long value, long unit) => (long)Math.Floor(value / (double)unit);

    private static DateTimeOffset Moment(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
