using Grpc.Core;
using Recommender.Hosting.Errors;
using Recommender.V1;

namespace Recommender.Training.Running;

/// <summary>
/// Runs over gRPC. CancelTrainingRun answers when the run has stopped; a run that has ended already is returned as it is. WatchTrainingRun
/// sends the run as it is, then after every change, and ends with the run; UNAVAILABLE when the service stops before.
/// </summary>
internal sealed class TrainingGrpcService(RunBook book, RunPlanner planner, IHostApplicationLifetime lifetime) : TrainingService.TrainingServiceBase
{
    private const string Trigger = "request";
    private static readonly TimeSpan s_restartDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_queueRetryDelay = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public override Task<TrainingRun> StartTrainingRun(StartTrainingRunRequest request, ServerCallContext context)
    {
        try
        {
            planner.Plan(request.Trainer, request.Parameters);
            return Task.FromResult(book.Start(request.Trainer, request.Parameters, request.PromoteIfBetter, Trigger, "asked for by a caller").Current);
        }
        catch (RunPlanException e)
        {
            throw GrpcErrors.InvalidArgument(e.Violations);
        }
        catch (QueueFullException e)
        {
            throw GrpcErrors.ResourceExhausted($"{e.Waiting} training runs wait already", s_queueRetryDelay);
        }
    }

    /// <inheritdoc/>
    public override Task<TrainingRun> GetTrainingRun(GetTrainingRunRequest request, ServerCallContext context) => Task.FromResult(Find(request).Current);

    /// <inheritdoc/>
    public override Task<ListTrainingRunsResponse> ListTrainingRuns(ListTrainingRunsRequest request, ServerCallContext context)
    {
        var (page, next) = PageTokens.Cut(book.List(), run => run.RunId, request.PageSize, request.PageToken);
        return Task.FromResult(new ListTrainingRunsResponse { Runs = { page }, NextPageToken = next });
    }

    /// <inheritdoc/>
    public override async Task WatchTrainingRun(GetTrainingRunRequest request, IServerStreamWriter<TrainingRun> responseStream, ServerCallContext context)
    {
        var watched = Find(request);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await foreach (var run in watched.WatchAsync(end.Token)) await responseStream.WriteAsync(run, end.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
        {
            throw GrpcErrors.Unavailable("the service is stopping", s_restartDelay);
        }
    }

    /// <inheritdoc/>
    public override async Task<TrainingRun> CancelTrainingRun(GetTrainingRunRequest request, ServerCallContext context)
    {
        var run = Find(request);
        try
        {
            await book.CancelAsync(run, context.CancellationToken);
        }
        catch (RunsElsewhereException)
        {
            throw GrpcErrors.FailedPrecondition("RUNS_ELSEWHERE", run.Current.RunId, "the run is executed by a job of its own; end that job to stop it");
        }
        return run.Current;
    }

    private TrackedRun Find(GetTrainingRunRequest request)
    {
        FieldRules.ThrowIfAny(FieldRules.RequiredId("run_id", request.RunId));
        return book.Find(request.RunId) ?? throw GrpcErrors.NotFound("training run", request.RunId);
    }
}
