using System.Diagnostics.Metrics;
using Recommender.Hosting.Telemetry;

namespace Recommender.Hosting.Auth;

/// <summary>What the gate counts.</summary>
internal static class AuthMetrics
{
    private static readonly Counter<long> s_refused = RecommenderTelemetry.Meter.CreateCounter<long>(
        "recommender.auth.refused", description: "Calls refused for who makes them, by reason: missing, unknown, subject, expired, scope, issuer_unreachable, withdrawn (while a stream went on).");

    /// <summary>A call was refused.</summary>
    public static void Refused(string reason) => s_refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
