using System.Diagnostics.Metrics;
using Recommender.Hosting.Telemetry;

namespace Recommender.Standalone.Embedded;

/// <summary>What the pacer of the embedded broker tells about one topic.</summary>
internal sealed class PacerMetrics(string topic)
{
    private static readonly UpDownCounter<long> s_unabsorbed = RecommenderTelemetry.Meter.CreateUpDownCounter<long>(
        "recommender.pacer.unabsorbed", "By", "Bytes in the embedded broker or on their way there that are not absorbed yet, by topic (at most 2.5 MiB of each partition).");

    private static readonly Counter<long> s_waited = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.pacer.waited", description: "Records that had to wait because the embedded broker might otherwise have dropped some that are not absorbed yet, by topic.");

    private readonly KeyValuePair<string, object?> _topic = new("topic", topic);

    /// <summary>A record takes room.</summary>
    public void Reserved(int bytes) => s_unabsorbed.Add(bytes, _topic);

    /// <summary>It gives the room back.</summary>
    public void Released(int bytes) => s_unabsorbed.Add(-bytes, _topic);

    /// <summary>A record finds no room.</summary>
    public void Waited() => s_waited.Add(1, _topic);
}
