using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace Recommender.Hosting.Errors;

/// <summary>
/// RpcExceptions in the richer error model of Google's API guide (AIP-193): a google.rpc.Status in the trailer
/// <c>grpc-status-details-bin</c> tells programs what the message tells people.
/// </summary>
public static class GrpcErrors
{
    private const string DetailsTrailer = "grpc-status-details-bin";

    /// <summary>INVALID_ARGUMENT with a google.rpc.BadRequest that names each wrong field.</summary>
    public static RpcException InvalidArgument(params IReadOnlyCollection<FieldViolation> violations)
    {
        var details = new BadRequest();
        foreach (var v in violations)
            details.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = v.Field, Description = v.Description });
        var message = string.Join("; ", violations.Select(v => $"{v.Field}: {v.Description}"));
        return Create(Grpc.Core.StatusCode.InvalidArgument, message, details);
    }

    /// <summary>INVALID_ARGUMENT for one field.</summary>
    public static RpcException InvalidArgument(string field, string description) => InvalidArgument(new FieldViolation(field, description));

    /// <summary>UNAVAILABLE with a google.rpc.RetryInfo: the same call may succeed after <paramref name="retryDelay"/>.</summary>
    public static RpcException Unavailable(string message, TimeSpan retryDelay) =>
        Create(Grpc.Core.StatusCode.Unavailable, message, new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryDelay) });

    /// <summary>RESOURCE_EXHAUSTED with a google.rpc.RetryInfo.</summary>
    public static RpcException ResourceExhausted(string message, TimeSpan retryDelay) =>
        Create(Grpc.Core.StatusCode.ResourceExhausted, message, new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryDelay) });

    /// <summary>The google.rpc.RetryInfo of an error; null where it has none.</summary>
    public static TimeSpan? RetryDelayOf(RpcException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (error.Trailers.GetValueBytes(DetailsTrailer) is not { } bytes) return null;
        try
        {
            foreach (var detail in Google.Rpc.Status.Parser.ParseFrom(bytes).Details)
                if (detail.TryUnpack<RetryInfo>(out var retry)) return retry.RetryDelay?.ToTimeSpan();
        }
        catch (InvalidProtocolBufferException)
        {
            // Details that can't be read say nothing.
        }
        return null;
    }

    /// <summary>NOT_FOUND; the resource is named by kind and id.</summary>
    public static RpcException NotFound(string kind, string id) =>
        Create(Grpc.Core.StatusCode.NotFound, $"{kind} '{id}' does not exist", new ResourceInfo { ResourceType = kind, ResourceName = id });

    /// <summary>DATA_LOSS with a google.rpc.ResourceInfo: what is stored can't be read, and a retry will not change that. The id is the caller's own.</summary>
    public static RpcException DataLoss(string kind, string id, string message) =>
        Create(Grpc.Core.StatusCode.DataLoss, message, new ResourceInfo { ResourceType = kind, ResourceName = id, Description = message });

    /// <summary>FAILED_PRECONDITION with a google.rpc.PreconditionFailure; <paramref name="type"/> is a machine-readable UPPER_SNAKE_CASE word.</summary>
    public static RpcException FailedPrecondition(string type, string subject, string message)
    {
        var details = new PreconditionFailure();
        details.Violations.Add(new PreconditionFailure.Types.Violation { Type = type, Subject = subject, Description = message });
        return Create(Grpc.Core.StatusCode.FailedPrecondition, message, details);
    }

    private static RpcException Create(Grpc.Core.StatusCode code, string message, IMessage details)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        status.Details.Add(Any.Pack(details));
        var trailers = new Metadata { { DetailsTrailer, status.ToByteArray() } };
        return new RpcException(new Grpc.Core.Status(code, message), trailers);
    }
}
