using Confluent.Kafka;

namespace Recommender.Hosting.Kafka;

/// <summary>Times of records, as their writers gave them.</summary>
public static class RecordTimes
{
    private static readonly long s_least = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long s_greatest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The time of a record.</summary>
    /// <param name="timestamp">What the record says. Any number may be there: writers take micro- for milliseconds.</param>
    /// <param name="otherwise">What counts where it says nothing, or no time before the year 10,000.</param>
    public static DateTimeOffset Of(Timestamp timestamp, DateTimeOffset otherwise) =>
        timestamp.Type == TimestampType.NotAvailable || timestamp.UnixTimestampMs < s_least || timestamp.UnixTimestampMs > s_greatest
            ? otherwise
            : DateTimeOffset.FromUnixTimeMilliseconds(timestamp.UnixTimestampMs);
}
