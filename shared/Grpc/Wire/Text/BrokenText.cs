using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Status = Grpc.Core.Status;

namespace Grpc.Wire.Text;

// The answer to a request whose text is not UTF-8: it names the field, for people and for programs.
internal static class BrokenText
{
    public static RpcException Error(string path)
    {
        const string Description = "The value is not valid UTF-8.";
        var message = $"{path}: {Description}";
        var badRequest = new BadRequest();
        badRequest.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = path, Description = Description });
        var details = new Google.Rpc.Status { Code = (int)StatusCode.InvalidArgument, Message = message };
        details.Details.Add(Any.Pack(badRequest));
        return new RpcException(
            new Status(StatusCode.InvalidArgument, message),
            new Metadata { { "grpc-status-details-bin", details.ToByteArray() } });
    }
}
