using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Grpc.AspNetCore.HealthChecks.Internal;

// grpc.health.v1 on ASP.NET's health checks.
internal sealed class HealthService(
    HealthBoard board,
    HealthCheckService checks,
    IOptions<GrpcHealthChecksOptions> options,
    IHostApplicationLifetime lifetime) : Health.V1.Health.HealthBase
{
    private bool IsStopping =>
        lifetime.ApplicationStopping.IsCancellationRequested && !options.Value.SuppressCompletionOnShutdown;

    public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        var status = await FindAsync(request.Service, context.CancellationToken).ConfigureAwait(false)
            ?? throw new RpcException(new Status(StatusCode.NotFound, "The service is not known here."));
        return new HealthCheckResponse { Status = status };
    }

    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        // A mapped service that no report has named yet is looked at; the board then holds it.
        await FindAsync(request.Service, context.CancellationToken).ConfigureAwait(false);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken,
            options.Value.SuppressCompletionOnShutdown ? CancellationToken.None : lifetime.ApplicationStopping);
        ServingStatus? told = null;
        while (true)
        {
            var (known, changed) = board.Read(request.Service);
            var status = IsStopping ? ServingStatus.NotServing : known ?? ServingStatus.ServiceUnknown;
            if (status != told)
                await responseStream.WriteAsync(new HealthCheckResponse { Status = status }).ConfigureAwait(false);
            told = status;
            if (IsStopping)
                return;
            await ((Task)changed.WaitAsync(end.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            context.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    // Null: not known. What is found goes to the board too, so that watchers hear of it.
    private async Task<ServingStatus?> FindAsync(string service, CancellationToken cancellationToken)
    {
        if (options.Value.Services.Find(service) is not { } mapping)
            return null;
        if (IsStopping)
            return ServingStatus.NotServing;
        if (options.Value.UseHealthChecksCache && board.Read(service).Status is { } cached)
            return cached;
        var report = await checks.CheckHealthAsync(
            check => mapping.HealthCheckPredicate(new HealthCheckMapContext(check.Name, check.Tags)),
            cancellationToken).ConfigureAwait(false);
        var status = HealthBoard.Judge(report.Entries.Values);
        board.Set(service, status);
        return status;
    }
}
