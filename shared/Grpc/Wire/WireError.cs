using Grpc.Core;

namespace Grpc.Wire;

// What breaks on the wire, as the statuses the specification gives it.
internal static class WireError
{
    public static RpcException Malformed(string detail) => new(new Status(StatusCode.Internal, detail));

    // The status that doc/statuscodes.md of the specification gives for a request or response of one message that
    // has none or several.
    public static RpcException WrongCount(string detail) => new(new Status(StatusCode.Unimplemented, detail));

    public static RpcException TooLarge(string detail) => new(new Status(StatusCode.ResourceExhausted, detail));

    public static RpcException ReceivedTooLarge(uint length, int limit) =>
        TooLarge($"The received message has {length} bytes; the limit is {limit}.");

    public static RpcException SentTooLarge(long length, int limit) =>
        TooLarge($"The message to send has {length} bytes; the limit is {limit}.");
}
