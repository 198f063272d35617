namespace Grpc.Core;

/// <summary>A call that ended with a status other than OK, thrown by clients and by handlers alike.</summary>
public class RpcException : Exception
{
    /// <summary>An exception with <paramref name="status"/> and no trailers.</summary>
    public RpcException(Status status)
        : this(status, Metadata.Empty, status.ToString())
    {
    }

    /// <summary>An exception with its own local <paramref name="message"/>.</summary>
    public RpcException(Status status, string message)
        : this(status, Metadata.Empty, message)
    {
    }

    /// <summary>An exception whose <paramref name="trailers"/> travel with the status.</summary>
    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, status.ToString())
    {
    }

    /// <summary>An exception with trailers and its own local <paramref name="message"/>.</summary>
    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    /// <summary>How the call ended.</summary>
    public Status Status { get; }

    /// <summary>The code of <see cref="Status"/>.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>Trailing metadata, such as <c>grpc-status-details-bin</c>.</summary>
    public Metadata Trailers { get; }
}
