namespace Recommender.Modeling.Weights;

/// <summary>
/// Everything one viewer did with one video, folded from its events. Only <see cref="Signal.Like"/> and <see cref="Signal.Unlike"/>
/// depend on the order of events: the later one counts.
/// </summary>
public record struct PairSignals
{
    /// <summary>Number of views.</summary>
    public int Views { get; set; }

    /// <summary>Watch ratios (watch time over duration) of the views, added up.</summary>
    public float WatchRatio { get; set; }

    /// <summary>Whether the last of like and unlike was a like.</summary>
    public bool Liked { get; set; }

    /// <summary>Whether a like was taken back and not given again.</summary>
    public bool Unliked { get; set; }

    /// <summary>Number of shares.</summary>
    public int Shares { get; set; }

    /// <summary>Number of skips.</summary>
    public int Skips { get; set; }

    /// <summary>Whether the viewer asked never to see it again.</summary>
    public bool NotInterested { get; set; }

    /// <summary>Whether the viewer followed the author from this video.</summary>
    public bool Followed { get; set; }

    /// <summary>Adds one event; events of a pair are added in the order in which they occurred.</summary>
    /// <param name="signal">What happened; an unknown number is ignored.</param>
    /// <param name="watchSeconds">Of a view: seconds watched; less than 0 or not finite counts as 0.</param>
    /// <param name="durationSeconds">Of the video; 0 or less when unknown.</param>
    /// <param name="weights">Says what an unknown duration and a very long watch count as.</param>
    public void Add(Signal signal, double watchSeconds, double durationSeconds, InteractionWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        switch (signal)
        {
            case Signal.View:
                Views = SaturatingIncrement(Views);
                WatchRatio = Math.Min(WatchRatio + weights.RatioOf(watchSeconds, durationSeconds), 1e6f);
                break;
            case Signal.Like:
                (Liked, Unliked) = (true, false);
                break;
            case Signal.Unlike:
                (Liked, Unliked) = (false, true);
                break;
            case Signal.Share:
                Shares = SaturatingIncrement(Shares);
                break;
            case Signal.Skip:
                Skips = SaturatingIncrement(Skips);
                break;
            case Signal.NotInterested:
                NotInterested = true;
                break;
            case Signal.Follow:
                Followed = true;
                break;
        }
    }

    private static int SaturatingIncrement(int count) => count == int.MaxValue ? count : count + 1;
}
