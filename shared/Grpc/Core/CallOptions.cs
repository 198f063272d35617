namespace Grpc.Core;

/// <summary>What one call of a client may carry.</summary>
public struct CallOptions
{
    /// <summary>Options of a call; <paramref name="deadline"/> is UTC.</summary>
#pragma warning disable CA1068 // Generated code passes these by position.
    public CallOptions(
        Metadata? headers = null,
        DateTime? deadline = null,
        CancellationToken cancellationToken = default,
        WriteOptions? writeOptions = null,
        ContextPropagationToken? propagationToken = null,
        CallCredentials? credentials = null)
#pragma warning restore CA1068
    {
        Headers = headers;
        Deadline = deadline;
        CancellationToken = cancellationToken;
        WriteOptions = writeOptions;
        PropagationToken = propagationToken;
        Credentials = credentials;
    }

    /// <summary>Request headers.</summary>
    public Metadata? Headers { get; private set; }

    /// <summary>When the call ends with DEADLINE_EXCEEDED, UTC; null: never.</summary>
    public DateTime? Deadline { get; private set; }

    /// <summary>Ends the call with CANCELLED.</summary>
    public CancellationToken CancellationToken { get; private set; }

    /// <summary>Options of the call's writes.</summary>
    public WriteOptions? WriteOptions { get; private set; }

    /// <summary>The call on whose behalf this one is made; its deadline and cancellation apply here too.</summary>
    public ContextPropagationToken? PropagationToken { get; private set; }

    /// <summary>Credentials of the call.</summary>
    public CallCredentials? Credentials { get; private set; }

    /// <summary>These options with other headers.</summary>
    public readonly CallOptions WithHeaders(Metadata headers) => this with { Headers = headers };

    /// <summary>These options with another deadline, UTC.</summary>
    public readonly CallOptions WithDeadline(DateTime deadline) => this with { Deadline = deadline };

    /// <summary>These options with another cancellation token.</summary>
    public readonly CallOptions WithCancellationToken(CancellationToken cancellationToken) =>
        this with { CancellationToken = cancellationToken };

    /// <summary>These options with other write options.</summary>
    public readonly CallOptions WithWriteOptions(WriteOptions writeOptions) => this with { WriteOptions = writeOptions };
}
