using System.Globalization;
using Recommender.Training.Dataset;

namespace Recommender.Training.Assessing;

/// <summary>How counts are spread over their owners.</summary>
internal static class Spreads
{
    private const int LorenzSteps = 20;

    /// <summary>Describes the counts of all owners; each is above zero.</summary>
    public static Concentration Of(int[] counts)
    {
        var sorted = counts.Order().ToArray();
        var builder = new DistributionBuilder();
        var sums = new double[sorted.Length + 1];
        for (var i = 0; i < sorted.Length; i++)
        {
            builder.Add(sorted[i]);
            sums[i + 1] = sums[i] + sorted[i];
        }
        return new Concentration(builder.Build(), GiniOf(sorted, sums[^1]), TopShare(sums, 0.01), TopShare(sums, 0.1), Histogram(sorted), Lorenz(sums));
    }

    private static double GiniOf(int[] sorted, double total)
    {
        if (total == 0) return 0;
        var weighted = 0.0;
        for (var i = 0; i < sorted.Length; i++) weighted += (2.0 * (i + 1) - sorted.Length - 1) * sorted[i];
        return weighted / (sorted.Length * total);
    }

    private static double TopShare(double[] sums, double share)
    {
        var owners = sums.Length - 1;
        var top = (int)Math.Ceiling(share * owners);
        return sums[^1] > 0 ? (sums[^1] - sums[owners - top]) / sums[^1] : 0;
    }

    /// <summary>A straight line between one owner and the next.</summary>
    private static IReadOnlyList<double> Lorenz(double[] sums)
    {
        double At(double owners)
        {
            var whole = Math.Min((int)owners, sums.Length - 2);
            return (sums[whole] + ((owners - whole) * (sums[whole + 1] - sums[whole]))) / sums[^1];
        }
        return sums[^1] == 0 ? [] : [.. Enumerable.Range(0, LorenzSteps + 1).Select(i => At(i * (sums.Length - 1) / (double)LorenzSteps))];
    }

    private static List<Bin> Histogram(int[] sorted)
    {
        var bins = new List<Bin>();
        for (var (from, i) = (1L, 0); i < sorted.Length; from *= 2)
        {
            var count = 0L;
            for (; i < sorted.Length && sorted[i] < from * 2; i++) count++;
            bins.Add(new Bin(from == 1 ? "1" : string.Create(CultureInfo.InvariantCulture, $"{from}-{(from * 2) - 1}"), count));
        }
        return bins;
    }
}
