using System.Text.Json;

namespace Recommender.Features.Consuming;

/// <summary>What the Kafka client tells of itself now and then, as JSON.</summary>
internal static class ClientStatistics
{
    /// <summary>How often it does.</summary>
    public static TimeSpan Period { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes that it has fetched and nobody has taken yet. The partitions share one queue, and each of them tells its length.</summary>
    public static long PrefetchedBytes(string json)
    {
        using var document = JsonDocument.Parse(json);
        var bytes = 0L;
        foreach (var topic in document.RootElement.GetProperty("topics").EnumerateObject())
        {
            foreach (var partition in topic.Value.GetProperty("partitions").EnumerateObject())
                if (partition.Value.TryGetProperty("fetchq_size", out var size)) bytes = Math.Max(bytes, size.GetInt64());
        }
        return bytes;
    }
}
