namespace Grpc.Core;

/// <summary>Messages leaving one after another; one write at a time.</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>Options of the writes that follow.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Writes a message; the task ends when there is room for more.</summary>
    Task WriteAsync(T message);

    /// <summary>Writes a message, giving up when <paramref name="cancellationToken"/> fires.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
            throw new NotSupportedException("This stream's writes can't be cancelled.");
        return WriteAsync(message);
    }
}

/// <summary>A client's messages.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>No message will follow.</summary>
    Task CompleteAsync();
}

/// <summary>A server's messages; the stream ends when the handler returns.</summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>
{
}
