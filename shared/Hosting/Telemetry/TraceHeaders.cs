using System.Diagnostics;
using System.Text;

namespace Recommender.Hosting.Telemetry;

/// <summary>Carries W3C trace context through record headers.</summary>
public static class TraceHeaders
{
    // An activity's records mostly come one after the other on one thread.
    [ThreadStatic]
    private static (string Id, byte[] Bytes) s_last;

    /// <summary>The value of <c>traceparent</c> for the current activity, not to be changed; null when nothing is traced.</summary>
    public static byte[]? Current()
    {
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C, Id: { } id }) return null;
        if (!ReferenceEquals(s_last.Id, id)) s_last = (id, Encoding.ASCII.GetBytes(id));
        return s_last.Bytes;
    }

    /// <summary>Parses a <c>traceparent</c>; the default context when it is absent or malformed.</summary>
    public static ActivityContext Parse(ReadOnlySpan<byte> traceParent) =>
        !traceParent.IsEmpty && ActivityContext.TryParse(Encoding.ASCII.GetString(traceParent), null, isRemote: true, out var context) ? context : default;
}
