using System.Diagnostics.Metrics;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Recommender.Hosting.Telemetry;

/// <summary>Measures every call at the gRPC door, under OpenTelemetry's names for RPC servers: how long it took, and how it ended.</summary>
internal sealed class CallMetrics(TimeProvider time) : Interceptor
{
    // The caller's clock began a little before ours, so the caller may give up before our deadline.
    private static readonly TimeSpan s_early = TimeSpan.FromMilliseconds(100);

    private static readonly KeyValuePair<string, object?> s_system = new("rpc.system.name", "grpc");

    private static readonly Histogram<double> s_duration = RecommenderTelemetry.Meter.CreateHistogram(
        "rpc.server.call.duration", "s", "Time from a call's arrival to its end, by method and status.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var begin = time.GetTimestamp();
        var status = StatusCode.Unknown;
        try
        {
            var response = await continuation(request, context);
            status = context.Status.StatusCode;
            return response;
        }
        catch (Exception e)
        {
            status = StatusOf(e, context);
            throw;
        }
        finally
        {
            Ended(context, status, begin);
        }
    }

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        UnaryServerHandler(requestStream, context, (stream, call) => continuation(stream, call));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        MeasureAsync(context, () => continuation(request, responseStream, context));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        MeasureAsync(context, () => continuation(requestStream, responseStream, context));

    private async Task MeasureAsync(ServerCallContext context, Func<Task> call)
    {
        var begin = time.GetTimestamp();
        var status = StatusCode.Unknown;
        try
        {
            await call();
            status = context.Status.StatusCode;
        }
        catch (Exception e)
        {
            status = StatusOf(e, context);
            throw;
        }
        finally
        {
            Ended(context, status, begin);
        }
    }

    /// <summary>
    /// What the caller is told: errors have been mapped further in. Who goes away at the deadline has waited too long, and that is an error of
    /// this side; who goes away before it has changed their mind.
    /// </summary>
    private StatusCode StatusOf(Exception error, ServerCallContext context) => error switch
    {
        RpcException e => e.StatusCode,
        _ when !context.CancellationToken.IsCancellationRequested => StatusCode.Unknown,
        _ when context.Deadline != DateTime.MaxValue && context.Deadline - time.GetUtcNow().UtcDateTime < s_early => StatusCode.DeadlineExceeded,
        _ => StatusCode.Cancelled,
    };

    private void Ended(ServerCallContext context, StatusCode status, long begin) => Record(context.Method, status, time.GetElapsedTime(begin));

    /// <summary>Counts a call with its end.</summary>
    /// <param name="method"><c>/package.Service/Method</c>; the convention has no slash before it.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="took">How long it took.</param>
    internal static void Record(string method, StatusCode status, TimeSpan took) =>
        s_duration.Record(took.TotalSeconds, s_system, new("rpc.method", method.TrimStart('/')), new("rpc.response.status_code", NameOf(status)));

    /// <summary>The names of gRPC's specification, as clients and dashboards of other languages show them.</summary>
    internal static string NameOf(StatusCode status) => status switch
    {
        StatusCode.OK => "OK",
        StatusCode.Cancelled => "CANCELLED",
        StatusCode.InvalidArgument => "INVALID_ARGUMENT",
        StatusCode.DeadlineExceeded => "DEADLINE_EXCEEDED",
        StatusCode.NotFound => "NOT_FOUND",
        StatusCode.AlreadyExists => "ALREADY_EXISTS",
        StatusCode.PermissionDenied => "PERMISSION_DENIED",
        StatusCode.Unauthenticated => "UNAUTHENTICATED",
        StatusCode.ResourceExhausted => "RESOURCE_EXHAUSTED",
        StatusCode.FailedPrecondition => "FAILED_PRECONDITION",
        StatusCode.Aborted => "ABORTED",
        StatusCode.OutOfRange => "OUT_OF_RANGE",
        StatusCode.Unimplemented => "UNIMPLEMENTED",
        StatusCode.Internal => "INTERNAL",
        StatusCode.Unavailable => "UNAVAILABLE",
        StatusCode.DataLoss => "DATA_LOSS",
        _ => "UNKNOWN",
    };
}
