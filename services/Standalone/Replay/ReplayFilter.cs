namespace Recommender.Standalone.Replay;

/// <summary>Which dead letters are sent again; all conditions must hold, null is none.</summary>
/// <param name="Reason">A part of the reason, whatever its case.</param>
/// <param name="Topic">Full name of the topic of origin.</param>
/// <param name="Partition">The partition of origin.</param>
/// <param name="From">Set aside then or later.</param>
/// <param name="To">Set aside before.</param>
/// <param name="Again">Those, too, that were sent again before.</param>
internal sealed record ReplayFilter(string? Reason, string? Topic, int? Partition, DateTimeOffset? From, DateTimeOffset? To, bool Again)
{
    /// <summary>Whether a dead letter is to be sent again.</summary>
    public bool Takes(DeadLetter letter) =>
        (Reason is null || letter.Reason.Contains(Reason, StringComparison.OrdinalIgnoreCase))
        && (Topic is null || letter.Origin.Topic == Topic)
        && (Partition is null || letter.Origin.Partition == Partition)
        && (From is null || letter.At >= From)
        && (To is null || letter.At < To);
}
