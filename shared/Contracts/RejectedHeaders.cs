namespace Recommender.Contracts;

/// <summary>Headers of a record on <see cref="Topics.Rejected"/>, beside those of CloudEvents. Values are text in UTF-8, save those of headers that it had before.</summary>
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

    /// <summary>Begins the names of the headers that the record had where it came from; behind it is their own name. In their order, values as they were.</summary>
    public const string OriginalPrefix = "rejected_header_";

    /// <summary>How many of its headers were left out since they did not fit in <see cref="MostOriginalBytes"/>; digits. Absent when none was.</summary>
    public const string Dropped = "rejected_headers_dropped";

    /// <summary>Bytes that the names and values of the headers that it had may take together.</summary>
    public const int MostOriginalBytes = 16 * 1024;
}
