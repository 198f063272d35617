using System.Diagnostics;
using System.Text;

namespace Recommender.Hosting.Telemetry;

/// <summary>Carries W3C trace context through record headers.</summary>
public static class TraceHeaders
{
    /// <summary>The value of <c>traceparent</c> for the current activity; null when nothing is traced.</summary>
    public static byte[]? Current() =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? Encoding.ASCII.GetBytes(id) : null;

    /// <summary>Parses a <c>traceparent</c>; the default context when it is absent or malformed.</summary>
    public static ActivityContext Parse(ReadOnlySpan<byte> traceParent) =>
        !traceParent.IsEmpty && ActivityContext.TryParse(Encoding.ASCII.GetString(traceParent), null, isRemote: true, out var context) ? context : default;
}
