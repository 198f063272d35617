using System.Globalization;

namespace Recommender.Modeling.Weights;

/// <summary>
/// How much each signal of a (viewer, video) pair says. Training and serving use the same record, so that a viewer folded in from
/// events gets the vector that training would give. Confidence of a pair:
/// view [viewed] + watch_ratio * min(ratios added up, max_watch_ratio) + like [liked] + share * min(shares, max_repeats)
/// + follow [followed] - skip * min(skips, max_repeats) - unlike [like taken back] - not_interested [asked not to see it].
/// A pair at or below zero is no positive; one below it is a dislike.
/// </summary>
public sealed partial record InteractionWeights
{
    /// <summary>Weight of having viewed at all. Default 0.1; 0 to 1000, as all weights.</summary>
    public double View { get; init; } = 0.1;

    /// <summary>Weight of one full watch. Default 1.</summary>
    public double WatchRatio { get; init; } = 1;

    /// <summary>Most full watches that count for a pair. Default 3; above 0, to 1000.</summary>
    public double MaxWatchRatio { get; init; } = 3;

    /// <summary>Weight of a standing like. Default 4.</summary>
    public double Like { get; init; } = 4;

    /// <summary>Weight of a share. Default 5.</summary>
    public double Share { get; init; } = 5;

    /// <summary>Weight of following the author. Default 3.</summary>
    public double Follow { get; init; } = 3;

    /// <summary>Most shares, and most skips, that count for a pair. Default 3; 1 to 1000.</summary>
    public int MaxRepeats { get; init; } = 3;

    /// <summary>What a skip takes away. Default 0.5.</summary>
    public double Skip { get; init; } = 0.5;

    /// <summary>What a like taken back takes away besides the like. Default 1.</summary>
    public double Unlike { get; init; } = 1;

    /// <summary>What "not interested" takes away. Default 1000: it outweighs everything else.</summary>
    public double NotInterested { get; init; } = 1000;

    /// <summary>
    /// Most that a dislike counts for in what it says of other videos: "not interested" outweighs all else about its own video, but is one opinion.
    /// Default 4; above 0, to 1000.
    /// </summary>
    public double MaxDislike { get; init; } = 4;

    /// <summary>Duration that is assumed when a video's own is unknown, in seconds. Default 30; above 0, to 86400.</summary>
    public double AssumedDurationSeconds { get; init; } = 30;

    /// <summary>One sentence per value out of range, naming the key, the value and the range; none when all is well.</summary>
    public IEnumerable<string> Validate()
    {
        foreach (var (key, value) in Weights())
        {
            if (!(value is >= 0 and <= 1000)) yield return Sentence(key, value, "from 0 to 1000");
        }

        if (!(MaxWatchRatio is > 0 and <= 1000)) yield return Sentence(nameof(MaxWatchRatio), MaxWatchRatio, "above 0 and at most 1000");
        if (!(MaxDislike is > 0 and <= 1000)) yield return Sentence(nameof(MaxDislike), MaxDislike, "above 0 and at most 1000");
        if (MaxRepeats is < 1 or > 1000) yield return Sentence(nameof(MaxRepeats), MaxRepeats, "from 1 to 1000");
        if (!(AssumedDurationSeconds is > 0 and <= 86400)) yield return Sentence(nameof(AssumedDurationSeconds), AssumedDurationSeconds, "above 0 and at most 86400");
    }

    /// <summary>The confidence of a pair; at or below zero when it is no positive. Always finite.</summary>
    public float ConfidenceOf(in PairSignals signals)
    {
        var sum = WatchRatio * Math.Min(signals.WatchRatio, MaxWatchRatio);
        if (signals.Views > 0) sum += View;
        if (signals.Liked) sum += Like;
        if (signals.Followed) sum += Follow;
        sum += Share * Math.Min(signals.Shares, MaxRepeats);
        sum -= Skip * Math.Min(signals.Skips, MaxRepeats);
        if (signals.Unliked) sum -= Unlike;
        if (signals.NotInterested) sum -= NotInterested;
        return (float)sum;
    }

    /// <summary>The strength of a dislike with the given confidence, at most <see cref="MaxDislike"/>; zero for a pair that is none.</summary>
    public float DislikeOf(float confidence) => confidence < 0 ? (float)Math.Min(-confidence, MaxDislike) : 0;

    /// <summary>Watch ratio of one view: watched over duration, 0 to <see cref="MaxWatchRatio"/>.</summary>
    internal float RatioOf(double watchSeconds, double durationSeconds)
    {
        if (!(watchSeconds > 0)) return 0;
        var duration = durationSeconds > 0 ? durationSeconds : AssumedDurationSeconds;
        return (float)Math.Min(watchSeconds / duration, MaxWatchRatio);
    }

    private static string Sentence(string key, double value, string allowed) =>
        string.Create(CultureInfo.InvariantCulture, $"{key} is {value} but must be {allowed}.");

    private (string Key, double Value)[] Weights() =>
    [
        (nameof(View), View), (nameof(WatchRatio), WatchRatio), (nameof(Like), Like), (nameof(Share), Share), (nameof(Follow), Follow),
        (nameof(Skip), Skip), (nameof(Unlike), Unlike), (nameof(NotInterested), NotInterested),
    ];
}
