using Recommender.Modeling.Weights;
using Recommender.Training.Dataset;

namespace Recommender.Training.Triggers;

/// <summary>What events look like as a whole, in a few counts that can be compared with those of other events.</summary>
/// <param name="EventTypes">Events by type.</param>
/// <param name="WatchRatios">Views by watch ratio: ten steps of 0.1, more, and unknown duration.</param>
/// <param name="Popularity">Events by the popularity of their video: ten groups of about as many events of the model's data each, and unknown videos.</param>
internal sealed record InputProfile(long[] EventTypes, long[] WatchRatios, long[] Popularity)
{
    private const int Groups = 10;
    private const int UnknownDuration = 11;

    /// <summary>Nothing yet.</summary>
    public static InputProfile Empty() => new(new long[(int)Signal.Follow + 1], new long[UnknownDuration + 1], new long[Groups + 1]);

    /// <summary>Events that were counted.</summary>
    public long Count => EventTypes.Sum();

    /// <summary>The profile of a model's data.</summary>
    /// <param name="events">The events.</param>
    /// <param name="popularity">The model's popularity by video number.</param>
    public static InputProfile Of(EventDataset events, ReadOnlySpan<float> popularity)
    {
        var (profile, groups) = (Empty(), GroupsOf(popularity));
        for (var viewer = 0; viewer < events.Viewers.Count; viewer++)
        {
            var own = events.Events(viewer);
            for (var i = 0; i < own.Length; i++) profile.Add(own.SignalAt(i), own.WatchSeconds[i], events.Durations[own.Videos[i]], groups[own.Videos[i]]);
        }
        return profile;
    }

    /// <summary>Group of each video by popularity: the most popular ones that have a tenth of everything are group 0, and so on.</summary>
    public static int[] GroupsOf(ReadOnlySpan<float> popularity)
    {
        var values = popularity.ToArray();
        var order = Enumerable.Range(0, values.Length).OrderByDescending(v => values[v]).ThenBy(v => v).ToArray();
        var (total, sum) = (values.Sum(v => (double)v), 0.0);
        var groups = new int[values.Length];
        foreach (var video in order)
        {
            groups[video] = total > 0 ? Math.Min(Groups - 1, (int)(Groups * sum / total)) : 0;
            sum += values[video];
        }
        return groups;
    }

    /// <summary>Counts an event.</summary>
    /// <param name="signal">What happened.</param>
    /// <param name="watchSeconds">Of a view: seconds watched.</param>
    /// <param name="duration">Seconds that the video lasts; 0 when unknown.</param>
    /// <param name="group">Of the video; -1 when the model does not know it.</param>
    public void Add(Signal signal, float watchSeconds, float duration, int group)
    {
        EventTypes[(int)signal]++;
        if (signal == Signal.View) WatchRatios[duration > 0 ? (int)Math.Clamp(watchSeconds / duration * 10, 0, 10) : UnknownDuration]++;
        Popularity[group < 0 ? Groups : group]++;
    }

    /// <summary>How far this profile is from another one, part by part: the population stability index, sum of (p - q) ln(p / q).</summary>
    public IReadOnlyDictionary<string, double> DriftFrom(InputProfile other) => new Dictionary<string, double>
    {
        ["event_types"] = Index(EventTypes, other.EventTypes),
        ["watch_ratio"] = Index(WatchRatios, other.WatchRatios),
        ["popularity"] = Index(Popularity, other.Popularity),
    };

    /// <summary>Half an event more in every group, so that an empty one is rare instead of impossible.</summary>
    private static double Index(long[] now, long[] before)
    {
        var (all, allBefore) = (now.Sum() + (now.Length / 2.0), before.Sum() + (before.Length / 2.0));
        if (now.Sum() == 0 || before.Sum() == 0) return 0;
        var index = 0.0;
        for (var i = 0; i < now.Length; i++)
        {
            var (p, q) = ((now[i] + 0.5) / all, (before[i] + 0.5) / allBefore);
            index += (p - q) * Math.Log(p / q);
        }
        return index;
    }
}
