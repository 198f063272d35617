using System.Globalization;
using System.Text;

namespace Recommender.Hosting.Online;

/// <summary>
/// Keys of the online state in Redis. The part in braces is the hash tag of Redis Cluster: all of one viewer's keys share a slot, and so do
/// all of one video's.
/// </summary>
public static class OnlineKeys
{
    /// <summary>The trending windows, shortest first: name and half-life.</summary>
    public static IReadOnlyList<(string Name, TimeSpan HalfLife)> Windows { get; } =
        [("1h", TimeSpan.FromHours(1)), ("24h", TimeSpan.FromHours(24)), ("7d", TimeSpan.FromDays(7))];

    /// <summary>String: the viewer's state (<see cref="ViewerState"/>).</summary>
    public static string Viewer(string userId) => $"{{u:{userId}}}:s";

    /// <summary>Glob pattern of the keys of all viewers' states.</summary>
    public const string ViewerPattern = "{u:*}:s";

    /// <summary>The viewer whose state a key holds; null: it is another key.</summary>
    public static string? ViewerOf(ReadOnlySpan<byte> key) =>
        key.StartsWith("{u:"u8) && key.EndsWith("}:s"u8) && key.Length > 6 ? Encoding.UTF8.GetString(key[3..^3]) : null;

    /// <summary>String: the viewer's precomputed list (<see cref="PrecomputedList"/>).</summary>
    public static string List(string userId) => $"{{u:{userId}}}:r";

    /// <summary>Hash: the video's counters, a field per partition (<see cref="VideoCounters"/>).</summary>
    public static string Video(string videoId) => $"{{v:{videoId}}}:c";

    /// <summary>String: the video's catalog entry (<see cref="CatalogEntry"/>).</summary>
    public static string Catalog(string videoId) => $"{{v:{videoId}}}:m";

    /// <summary>Sorted set: videos of one partition by forward-decayed engagement in a window.</summary>
    public static string Trending(string window, int partition) => string.Create(CultureInfo.InvariantCulture, $"{{t:{window}:{partition}}}");

    /// <summary>String: how far a partition of the event topics is absorbed into viewers and videos (<see cref="LogWatermarks"/>).</summary>
    public static string Partition(int partition) => string.Create(CultureInfo.InvariantCulture, $"{{w:{partition}}}");

    /// <summary>String: how far a partition of the catalog topic is absorbed into catalog entries (<see cref="LogWatermarks"/>).</summary>
    public static string CatalogPartition(int partition) => string.Create(CultureInfo.InvariantCulture, $"{{w:c:{partition}}}");

    /// <summary>Field of a partition in a video's hash.</summary>
    public static string PartitionField(int partition) => partition.ToString(CultureInfo.InvariantCulture);
}
