using Recommender.Training.Dataset;

namespace Recommender.Training.Split;

/// <summary>Which events of each viewer a trial trains on; the later ones are held out.</summary>
/// <param name="Name"><c>time</c> or <c>last_per_viewer</c>.</param>
/// <param name="TrainCounts">By viewer: how many of the oldest events are trained on.</param>
internal sealed record HoldOut(string Name, int[] TrainCounts)
{
    /// <summary>Name of the split at one moment for all viewers.</summary>
    public const string ByTimeName = "time";

    /// <summary>Name of the split that holds out each viewer's last videos.</summary>
    public const string LastPerViewerName = "last_per_viewer";

    /// <summary>
    /// Holds out what happened at or after the moment before which all but <paramref name="fraction"/> of the events lie, as at serving time
    /// when nobody's future is known.
    /// </summary>
    public static HoldOut ByTime(EventDataset data, double fraction)
    {
        var cut = Quantile(data, 1 - fraction);
        var counts = new int[data.Viewers.Count];
        for (var viewer = 0; viewer < counts.Length; viewer++)
        {
            var times = data.Events(viewer).Times;
            while (counts[viewer] < times.Length && times[counts[viewer]] < cut) counts[viewer]++;
        }
        return new HoldOut(ByTimeName, counts);
    }

    /// <summary>
    /// Holds out the newest <paramref name="fraction"/> of each viewer's distinct videos, at least one of two or more: for data whose times say
    /// little, such as an import.
    /// </summary>
    public static HoldOut LastPerViewer(EventDataset data, double fraction)
    {
        var counts = new int[data.Viewers.Count];
        var met = new HashSet<int>();
        for (var viewer = 0; viewer < counts.Length; viewer++)
        {
            var videos = data.Events(viewer).Videos;
            met.Clear();
            foreach (var video in videos) met.Add(video);
            var keep = Math.Max(1, Math.Min(met.Count - 1, (int)Math.Ceiling(met.Count * (1 - fraction))));
            met.Clear();
            // Ends before the video that would be one too many; later events with kept videos are held out, but are no test.
            while (counts[viewer] < videos.Length && (met.Contains(videos[counts[viewer]]) || met.Count < keep)) met.Add(videos[counts[viewer]++]);
        }
        return new HoldOut(LastPerViewerName, counts);
    }

    /// <summary>Exact up to a million events, of a regular sample of them beyond.</summary>
    private static long Quantile(EventDataset data, double share)
    {
        var stride = Math.Max(1, (data.EventCount + 999_999) / 1_000_000);
        var sample = new long[(data.EventCount + stride - 1) / stride];
        var (filled, before) = (0, 0L);
        for (var viewer = 0; viewer < data.Viewers.Count; viewer++)
        {
            var times = data.Events(viewer).Times;
            for (var i = (stride - (before % stride)) % stride; i < times.Length; i += stride) sample[filled++] = times[(int)i];
            before += times.Length;
        }
        Array.Sort(sample);
        return sample.Length == 0 ? 0 : sample[Math.Min(sample.Length - 1, (int)(share * sample.Length))];
    }
}
