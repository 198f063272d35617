using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.HealthChecks.Internal;

// Takes ASP.NET's periodic health reports over to the board.
internal sealed class HealthPublisher(HealthBoard board, IOptions<GrpcHealthChecksOptions> options) : IHealthCheckPublisher
{
    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        foreach (var mapping in options.Value.Services)
        {
            var entries = report.Entries
                .Where(entry => mapping.HealthCheckPredicate(new HealthCheckMapContext(entry.Key, entry.Value.Tags)))
                .Select(entry => entry.Value);
            board.Set(mapping.Name, HealthBoard.Judge(entries));
        }
        return Task.CompletedTask;
    }
}
