using System.Globalization;
using Grpc.Core;
using Recommender.Hosting.Auth;
using Recommender.Hosting.Errors;

namespace Recommender.Serving.Api;

/// <summary>
/// Bounds the calls that are worked on at a time, in all and per caller: what would only be answered late is turned away early, so that one
/// caller's flood does not slow the others down. A caller is who proved it; where nobody needs to, who says so in <c>x-caller-id</c>, otherwise its
/// address. Memory: one counter per caller with calls under way.
/// </summary>
internal sealed class CallGate(ServingOptions options, ServingMetrics metrics, string what = "calls are under way")
{
    private const string CallerHeader = "x-caller-id";
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Lock _sync = new();
    private readonly Dictionary<string, int> _callers = new(StringComparer.Ordinal);
    private int _calls;

    /// <summary>Lets a call in; it leaves when the result is disposed.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: too many calls are under way.</exception>
    public Pass Enter(ServerCallContext context) => Enter(CallerOf(context));

    /// <inheritdoc cref="Enter(ServerCallContext)"/>
    public Pass Enter(string caller)
    {
        lock (_sync)
        {
            var own = _callers.GetValueOrDefault(caller);
            if (own < options.CallerConcurrency && _calls < options.Concurrency)
            {
                _callers[caller] = own + 1;
                _calls++;
                return new Pass(this, caller);
            }
        }
        metrics.Shed();
        throw GrpcErrors.ResourceExhausted(
            string.Create(CultureInfo.InvariantCulture, $"too many {what}; {options.CallerConcurrency} of one caller and {options.Concurrency} in all are allowed"), s_retryDelay);
    }

    private static string CallerOf(ServerCallContext context)
    {
        if (Caller.Of(context) is { } known) return known.Name;
        if (context.RequestHeaders.GetValue(CallerHeader) is { Length: > 0 } named) return named;
        // The port tells connections apart, not callers.
        var port = context.Peer.LastIndexOf(':');
        return port < 0 ? context.Peer : context.Peer[..port];
    }

    private void Leave(string caller)
    {
        lock (_sync)
        {
            _calls--;
            var own = _callers[caller] - 1;
            if (own > 0) _callers[caller] = own;
            else _callers.Remove(caller);
        }
    }

    /// <summary>A call that was let in.</summary>
    internal readonly struct Pass(CallGate gate, string caller) : IDisposable
    {
        public void Dispose() => gate.Leave(caller);
    }
}
