using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Grpc.AspNetCore.HealthChecks.Internal;

// The last known health of every service, and a signal for who waits for a change. Watchers read the newest
// state when they wake: a slow one skips states and holds no queue.
internal sealed class HealthBoard
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServingStatus> _statuses = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSignal();

    public (ServingStatus? Status, Task Changed) Read(string service)
    {
        lock (_gate)
            return (_statuses.TryGetValue(service, out var status) ? status : null, _changed.Task);
    }

    public void Set(string service, ServingStatus status)
    {
        TaskCompletionSource signal;
        lock (_gate)
        {
            if (_statuses.TryGetValue(service, out var old) && old == status)
                return;
            _statuses[service] = status;
            signal = _changed;
            _changed = NewSignal();
        }
        signal.SetResult();
    }

    // A degraded service still serves. One that depends on no check says nothing of itself.
    public static ServingStatus Judge(IEnumerable<HealthReportEntry> entries)
    {
        var status = ServingStatus.Unknown;
        foreach (var entry in entries)
        {
            if (entry.Status == HealthStatus.Unhealthy)
                return ServingStatus.NotServing;
            status = ServingStatus.Serving;
        }
        return status;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
