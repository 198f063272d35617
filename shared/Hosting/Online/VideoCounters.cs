using StackExchange.Redis;

namespace Recommender.Hosting.Online;

/// <summary>
/// What one partition's viewers did with one video: a field of the video's hash, written only by the partition's owner as absolute values
/// with the watermark that they stand for. Readers add the fields up.
/// </summary>
/// <remarks>Layout, version 1: 8 bytes version of the value (what compare-and-set compares), 1 byte layout, watermarks, counters, trending sums.</remarks>
public sealed class VideoCounters : IVersionedState<VideoCounters>
{
    private const byte Layout = 1;

    /// <summary>Number of writes that made this value; 0 for a field that is not stored.</summary>
    public ulong Version { get; set; }

    /// <summary>How far the partition's log is absorbed into this field.</summary>
    public LogWatermarks Watermarks { get; private set; } = new();

    /// <summary>View events.</summary>
    public long Views { get; set; }

    /// <summary>Like events.</summary>
    public long Likes { get; set; }

    /// <summary>Unlike events.</summary>
    public long Unlikes { get; set; }

    /// <summary>Share events.</summary>
    public long Shares { get; set; }

    /// <summary>Skip events.</summary>
    public long Skips { get; set; }

    /// <summary>Not-interested events.</summary>
    public long NotInterested { get; set; }

    /// <summary>Sum of the watch ratios of views whose ratio is known.</summary>
    public double WatchRatioSum { get; set; }

    /// <summary>Number of views whose ratio is known.</summary>
    public long WatchRatioCount { get; set; }

    /// <summary>Mean watch ratio of the views whose ratio is known; 0 when there are none.</summary>
    public double AverageWatchRatio => WatchRatioCount > 0 ? WatchRatioSum / WatchRatioCount : 0;

    /// <summary>Likes that were not taken back, never negative.</summary>
    public long NetLikes => Math.Max(0, Likes - Unlikes);

    /// <inheritdoc/>
    public int MemoryBytes => 200 + (24 * Watermarks.Entries.Count);

    /// <summary>Engagement per window of <see cref="OnlineKeys.Windows"/>.</summary>
    public DecayedSum[] Trending { get; } = [.. OnlineKeys.Windows.Select(_ => DecayedSum.Zero)];

    /// <summary>Adds another partition's field. Version and watermarks are left alone: a sum has none.</summary>
    public void Add(VideoCounters other)
    {
        Views += other.Views;
        Likes += other.Likes;
        Unlikes += other.Unlikes;
        Shares += other.Shares;
        Skips += other.Skips;
        NotInterested += other.NotInterested;
        WatchRatioSum += other.WatchRatioSum;
        WatchRatioCount += other.WatchRatioCount;
        for (var i = 0; i < Trending.Length; i++) Trending[i] = Trending[i].Add(other.Trending[i]);
    }

    /// <summary>The sum of a video's stored fields, one per partition.</summary>
    /// <exception cref="InvalidDataException">A field is damaged or of another layout.</exception>
    public static VideoCounters SumOf(IEnumerable<HashEntry> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var sum = new VideoCounters();
        foreach (var field in fields) sum.Add(Decode((byte[]?)field.Value));
        return sum;
    }

    /// <summary>The stored form.</summary>
    public byte[] Encode()
    {
        var writer = ByteWriter.Borrow();
        writer.UInt64(Version);
        writer.Byte(Layout);
        Watermarks.Write(writer);
        foreach (var counter in (ReadOnlySpan<long>)[Views, Likes, Unlikes, Shares, Skips, NotInterested, WatchRatioCount]) writer.VarInt(counter);
        writer.Double(WatchRatioSum);
        foreach (var sum in Trending) writer.Double(sum.Log2);
        return writer.ToArray();
    }

    /// <summary>Reads the stored form; empty bytes are a video without events.</summary>
    /// <exception cref="InvalidDataException">The value is damaged or of another layout.</exception>
    public static VideoCounters Decode(ReadOnlySpan<byte> bytes)
    {
        var counters = new VideoCounters();
        if (bytes.IsEmpty) return counters;
        var reader = new ByteReader(bytes);
        counters.Version = reader.UInt64();
        var layout = reader.Byte();
        if (layout != Layout) throw new InvalidDataException($"a video's counters have layout {layout}; this version reads {Layout}");
        counters.Watermarks = LogWatermarks.Read(ref reader);
        (counters.Views, counters.Likes, counters.Unlikes) = (reader.VarInt(), reader.VarInt(), reader.VarInt());
        (counters.Shares, counters.Skips, counters.NotInterested) = (reader.VarInt(), reader.VarInt(), reader.VarInt());
        counters.WatchRatioCount = reader.VarInt();
        counters.WatchRatioSum = reader.Double();
        for (var i = 0; i < counters.Trending.Length; i++) counters.Trending[i] = new DecayedSum(reader.Double());
        return counters;
    }
}
