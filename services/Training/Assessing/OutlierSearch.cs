using System.Globalization;
using Recommender.Training.Dataset;

namespace Recommender.Training.Assessing;

/// <summary>Finds viewers who do not behave like people: far more active than the others, or as regular as a machine.</summary>
internal static class OutlierSearch
{
    private const int Shown = 10;
    private const int FewestEvents = 50;
    private const int HumanEventsPerDay = 3000;
    private const long Day = 86_400_000;

    /// <summary>Looks at every viewer.</summary>
    public static Outliers Of(EventDataset events, bool hasTimes, CancellationToken cancellationToken)
    {
        var limit = Limit(events);
        var found = new List<Outlier>();
        for (var viewer = 0; viewer < events.Viewers.Count; viewer++)
        {
            if (viewer % 4096 == 0) cancellationToken.ThrowIfCancellationRequested();
            var own = events.Events(viewer);
            if (own.Length < FewestEvents || Why(own, limit, hasTimes) is not { } why) continue;
            found.Add(new Outlier(events.Viewers[viewer], own.Length, why));
        }
        var share = events.EventCount == 0 ? 0 : found.Sum(o => (double)o.Events) / events.EventCount;
        return new Outliers(found.Count, share, [.. found.OrderByDescending(o => o.Events).Take(Shown)]);
    }

    /// <summary>Three quartile distances above the third quartile of the logarithms (Tukey's far-out fence), since activity has a long tail.</summary>
    private static double Limit(EventDataset events)
    {
        var logs = Enumerable.Range(0, events.Viewers.Count).Select(v => Math.Log(events.EventsOf(v))).Order().ToArray();
        if (logs.Length < 20) return double.PositiveInfinity;
        double At(double share) => logs[(int)(share * (logs.Length - 1))];
        return Math.Exp(At(0.75) + (3 * Math.Max(At(0.75) - At(0.25), 0.3)));
    }

    private static string? Why(EventSpan own, double limit, bool hasTimes)
    {
        if (own.Length > limit) return string.Create(CultureInfo.InvariantCulture, $"{own.Length} events, beyond {limit:F0} which hardly anybody passes");
        if (!hasTimes) return null;
        if (BusiestDay(own) is var busiest and > HumanEventsPerDay) return string.Create(CultureInfo.InvariantCulture, $"{busiest} events within a day");
        return IsRegular(own) ? "the same time between any two events, as a machine has it" : null;
    }

    private static int BusiestDay(EventSpan own)
    {
        var most = 0;
        for (var (from, to) = (0, 0); to < own.Length; to++)
        {
            while (own.Times[to] - own.Times[from] >= Day) from++;
            most = Math.Max(most, to - from + 1);
        }
        return most;
    }

    private static bool IsRegular(EventSpan own)
    {
        var (sum, squares, count) = (0.0, 0.0, 0);
        for (var i = 1; i < own.Length; i++)
        {
            double gap = own.Times[i] - own.Times[i - 1];
            if (gap == 0) continue;
            (sum, squares, count) = (sum + gap, squares + (gap * gap), count + 1);
        }
        if (count < FewestEvents - 1) return false;
        var mean = sum / count;
        return Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean))) < 0.05 * mean;
    }
}
