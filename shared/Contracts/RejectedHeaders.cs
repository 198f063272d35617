namespace Recommender.Contracts;

/// <summary>Headers of a record on <see cref="Topics.Rejected"/>, beside those of CloudEvents. All values are text in UTF-8.</summary>
public static class RejectedHeaders
{
    /// <summary>What is wrong with the record, in one sentence.</summary>
    public const string Reason = "rejected_reason";

    /// <summary>The topic that it came from.</summary>
    public const string Topic = "rejected_topic";

    /// <summary>The partition that it came from.</summary>
    public const string Partition = "rejected_partition";

    /// <summary>Its offset there. Together with topic and partition it tells a rejection that was reported twice, after a crash.</summary>
    public const string Offset = "rejected_offset";

    /// <summary>Set on a record without a value that notes that the one from this origin was sent again; any value.</summary>
    public const string Replayed = "rejected_replayed";
}
