using System.IO.Compression;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server.Internal;

// What all calls of a server share, resolved once when the endpoints are mapped.
internal sealed class CallSettings
{
    public CallSettings(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;
        if (options.ResponseCompressionAlgorithm is { } algorithm and not (MessageEncoding.Gzip or MessageEncoding.Identity))
            throw new InvalidOperationException($"ResponseCompressionAlgorithm '{algorithm}' is not known: gzip or identity.");
        MaxSend = options.MaxSendMessageSize;
        MaxReceive = options.MaxReceiveMessageSize;
        Compress = options.ResponseCompressionAlgorithm == MessageEncoding.Gzip;
        Level = options.ResponseCompressionLevel ?? CompressionLevel.Fastest;
        DetailedErrors = options.EnableDetailedErrors ?? false;
        Interceptors = [.. options.Interceptors];
        IgnoreUnknown = options.IgnoreUnknownServices ?? false;
        Time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        Log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Grpc.AspNetCore.Server");
    }

    public int? MaxSend { get; }

    public int? MaxReceive { get; }

    public bool Compress { get; }

    public CompressionLevel Level { get; }

    public bool DetailedErrors { get; }

    public IReadOnlyList<InterceptorRegistration> Interceptors { get; }

    public bool IgnoreUnknown { get; }

    public TimeProvider Time { get; }

    public ILogger Log { get; }

    // The client learns that something failed, not what: an exception's text may hold anything.
    public Status Describe(Exception exception) => new(
        StatusCode.Unknown,
        DetailedErrors
            ? $"The handler failed: {exception.GetType().Name}: {exception.Message}"
            : "The handler failed.",
        exception);
}
