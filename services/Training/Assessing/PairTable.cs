using System.Globalization;
using Recommender.Modeling.Weights;
using Recommender.Training.Dataset;

namespace Recommender.Training.Assessing;

/// <summary>What events come to per pair of viewer and video, and counts per viewer, video and type.</summary>
internal sealed class PairTable
{
    private const double BinWidth = 0.1;
    private const int Bins = 20;
    private readonly long[] _ratioBins = new long[Bins + 1];

    private PairTable(EventDataset events)
    {
        EventsOfViewer = new int[events.Viewers.Count];
        EventsOfVideo = new int[events.Videos.Count];
        PositivesOfViewer = new int[events.Viewers.Count];
        PositivesOfVideo = new int[events.Videos.Count];
    }

    /// <summary>Events by viewer.</summary>
    public int[] EventsOfViewer { get; }

    /// <summary>Events by video.</summary>
    public int[] EventsOfVideo { get; }

    /// <summary>Liked or watched videos by viewer.</summary>
    public int[] PositivesOfViewer { get; }

    /// <summary>Viewers who liked or watched it, by video.</summary>
    public int[] PositivesOfVideo { get; }

    /// <summary>Events by number of their type.</summary>
    public long[] EventsByType { get; } = new long[(int)Signal.Follow + 1];

    /// <summary>Distinct pairs.</summary>
    public long Count { get; private set; }

    /// <summary>Pairs of positive confidence.</summary>
    public long Positives { get; private set; }

    /// <summary>Pairs of negative confidence.</summary>
    public long Negatives { get; private set; }

    /// <summary>Mean watch ratio of the views of a pair with any; by pair.</summary>
    public List<float> WatchRatio { get; } = [];

    /// <summary>1 when the same pair was liked.</summary>
    public List<float> Liked { get; } = [];

    /// <summary>1 when it was shared.</summary>
    public List<float> Shared { get; } = [];

    /// <summary>Whether the pair has a view of known duration.</summary>
    public List<bool> IsWatched { get; } = [];

    /// <summary>Folds all events.</summary>
    public static PairTable Of(EventDataset events, InteractionWeights weights, CancellationToken cancellationToken)
    {
        var table = new PairTable(events);
        var folder = new PairFolder(events, weights);
        var pairs = new Dictionary<int, PairSigns>();
        for (var viewer = 0; viewer < events.Viewers.Count; viewer++)
        {
            if (viewer % 1024 == 0) cancellationToken.ThrowIfCancellationRequested();
            var own = events.Events(viewer);
            table.EventsOfViewer[viewer] = own.Length;
            pairs.Clear();
            for (var i = 0; i < own.Length; i++) table.Add(events, own, i, pairs);
            foreach (var signs in pairs.Values) table.Add(signs);
            foreach (var pair in folder.Fold(own)) table.Add(viewer, pair);
        }
        return table;
    }

    /// <summary>Histogram of the watch ratios of views of known duration.</summary>
    public IReadOnlyList<Bin> WatchRatioBins() =>
    [
        .. _ratioBins.Select((count, i) => new Bin(
            i < Bins ? (i * BinWidth).ToString("0.0", CultureInfo.InvariantCulture) : (Bins * BinWidth).ToString("0.0", CultureInfo.InvariantCulture) + " or more", count)),
    ];

    private void Add(EventDataset events, EventSpan own, int i, Dictionary<int, PairSigns> pairs)
    {
        var (video, signal) = (own.Videos[i], own.SignalAt(i));
        EventsOfVideo[video]++;
        EventsByType[own.Signals[i]]++;
        var signs = pairs.GetValueOrDefault(video);
        if (signal == Signal.View && events.Durations[video] > 0)
        {
            var ratio = own.WatchSeconds[i] / events.Durations[video];
            _ratioBins[Math.Clamp((int)(ratio / BinWidth), 0, Bins)]++;
            signs = signs with { Ratio = signs.Ratio + ratio, Views = signs.Views + 1 };
        }
        signs = signal switch
        {
            Signal.Like => signs with { IsLiked = true },
            Signal.Unlike => signs with { IsLiked = false },
            Signal.Share => signs with { IsShared = true },
            _ => signs,
        };
        pairs[video] = signs;
    }

    private void Add(PairSigns signs)
    {
        WatchRatio.Add(signs.Views > 0 ? signs.Ratio / signs.Views : 0);
        IsWatched.Add(signs.Views > 0);
        Liked.Add(signs.IsLiked ? 1 : 0);
        Shared.Add(signs.IsShared ? 1 : 0);
    }

    private void Add(int viewer, PairConfidence pair)
    {
        Count++;
        if (pair.Confidence < 0) Negatives++;
        if (!(pair.Confidence > 0)) return;
        Positives++;
        PositivesOfViewer[viewer]++;
        PositivesOfVideo[pair.Video]++;
    }

    private readonly record struct PairSigns(float Ratio, int Views, bool IsLiked, bool IsShared);
}
