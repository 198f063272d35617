using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Recommender.Hosting.Objects;

namespace Recommender.Hosting.Errors;

/// <summary>
/// Maps what went wrong behind a call to a gRPC status: a dependency out of reach is UNAVAILABLE with a retry delay, a full disk
/// RESOURCE_EXHAUSTED with one, everything unexpected is INTERNAL with a constant text. The exception itself goes to the log alone.
/// </summary>
internal sealed class ErrorInterceptor(ILogger<ErrorInterceptor> logger) : Interceptor
{
    private const int NoSpaceOnUnix = 28; // ENOSPC
    private const int NoSpaceOnWindows = unchecked((int)0x80070070); // ERROR_DISK_FULL
    private static readonly TimeSpan s_storeRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_diskRetry = TimeSpan.FromSeconds(30);

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (Map(e, context) is { } mapped)
        {
            throw mapped;
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception e) when (Map(e, context) is { } mapped)
        {
            throw mapped;
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception e) when (Map(e, context) is { } mapped)
        {
            throw mapped;
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception e) when (Map(e, context) is { } mapped)
        {
            throw mapped;
        }
    }

    /// <summary>The status to answer with; null lets the runtime decide (statuses thrown on purpose, cancelled calls).</summary>
    private RpcException? Map(Exception error, ServerCallContext context)
    {
        switch (error)
        {
            case RpcException:
            case OperationCanceledException when context.CancellationToken.IsCancellationRequested:
                return null;
            case IOException e when IsClientGone(e):
                return null;
            case DependencyUnavailableException e:
                return GrpcErrors.Unavailable(e.Message, e.RetryDelay);
            case ObjectStoreException:
                ErrorLog.CallFailed(logger, context.Method, error);
                return GrpcErrors.Unavailable("the object store is unavailable", s_storeRetry);
            case IOException e when IsDiskFull(e):
                ErrorLog.CallFailed(logger, context.Method, error);
                return GrpcErrors.ResourceExhausted("no space is left on the server's disk", s_diskRetry);
            default:
                ErrorLog.CallFailed(logger, context.Method, error);
                return new RpcException(new Status(StatusCode.Internal, "internal error"));
        }
    }

    private static bool IsDiskFull(IOException error) => error.HResult is NoSpaceOnUnix or NoSpaceOnWindows;

    /// <summary>Reading from a client that went away in the middle of its stream: nobody is left to answer, and nothing is wrong here.</summary>
    private static bool IsClientGone(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
            if (error is ConnectionAbortedException or ConnectionResetException) return true;
        return false;
    }
}

internal static partial class ErrorLog
{
    [LoggerMessage(EventId = 1001, EventName = "CallFailed", Level = LogLevel.Error, Message = "The call {Method} failed unexpectedly")]
    public static partial void CallFailed(ILogger logger, string method, Exception error);
}
