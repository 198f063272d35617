namespace Grpc.Core;

/// <summary>A server's call as the origin of calls made on its behalf. Nothing in this runtime carries state in it.</summary>
public abstract class ContextPropagationToken
{
    internal ContextPropagationToken()
    {
    }
}

/// <summary>What is handed on to calls made on a call's behalf.</summary>
public class ContextPropagationOptions
{
    /// <summary>Both the deadline and the cancellation, unless told otherwise.</summary>
    public ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
    {
        IsPropagateDeadline = propagateDeadline;
        IsPropagateCancellation = propagateCancellation;
    }

    /// <summary>Whether the deadline is handed on.</summary>
    public bool IsPropagateDeadline { get; }

    /// <summary>Whether the cancellation is handed on.</summary>
    public bool IsPropagateCancellation { get; }
}

/// <summary>Credentials of one call; this runtime has none of its own: use request headers.</summary>
public abstract class CallCredentials
{
}
