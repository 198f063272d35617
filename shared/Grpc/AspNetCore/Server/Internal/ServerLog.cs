using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal;

internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Error, "The handler of {Method} failed.")]
    public static partial void HandlerFailed(this ILogger logger, Exception exception, string method);

    [LoggerMessage(2, LogLevel.Debug, "{Method} ended with {StatusCode}: {Detail}")]
    public static partial void CallRefused(this ILogger logger, Exception? exception, string method, StatusCode statusCode, string detail);

    [LoggerMessage(3, LogLevel.Debug, "{Method} passed its deadline.")]
    public static partial void DeadlinePassed(this ILogger logger, string method);

    [LoggerMessage(4, LogLevel.Debug, "{Method} was given up by the client.")]
    public static partial void ClientGone(this ILogger logger, Exception exception, string method);

    [LoggerMessage(5, LogLevel.Debug, "A request for {Path} was refused with HTTP {HttpStatus}.")]
    public static partial void RequestRefused(this ILogger logger, string path, int httpStatus);
}
