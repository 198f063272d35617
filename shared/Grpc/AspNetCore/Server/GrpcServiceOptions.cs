using System.IO.Compression;

namespace Grpc.AspNetCore.Server;

/// <summary>How the server treats calls.</summary>
public class GrpcServiceOptions
{
    internal const int DefaultMaxReceiveMessageSize = 4 * 1024 * 1024;

    /// <summary>The largest message sent, bytes; null: no limit. A larger one ends the call with RESOURCE_EXHAUSTED.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>The largest message taken, bytes, also after decompression; 4 MiB unless set; null: no limit.</summary>
    public int? MaxReceiveMessageSize { get; set; } = DefaultMaxReceiveMessageSize;

    /// <summary>Whether an unexpected exception's text goes to the client. Off unless set.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>The encoding of responses where the client accepts it: <c>gzip</c>; null: none.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>How hard responses are compressed; fastest unless set.</summary>
    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>Whether a call of an unknown service or method is left to other endpoints instead of UNIMPLEMENTED.</summary>
    public bool? IgnoreUnknownServices { get; set; }

    /// <summary>What every call passes, in this order.</summary>
    public InterceptorCollection Interceptors { get; } = [];
}
