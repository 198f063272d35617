using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;
using Asked = Grpc.Reflection.V1.ServerReflectionRequest.MessageRequestOneofCase;

namespace Grpc.AspNetCore.Reflection;

// The answer to a reflection question.
internal static class ReflectionAnswers
{
    public static ServerReflectionResponse Answer(DescriptorIndex index, ServerReflectionRequest request)
    {
        var response = request.MessageRequestCase switch
        {
            Asked.ListServices => Services(index),
            Asked.FileByFilename => File(index.FileNamed(request.FileByFilename), "file"),
            Asked.FileContainingSymbol => File(index.FileWithSymbol(request.FileContainingSymbol), "symbol"),
            Asked.FileContainingExtension => File(
                index.FileWithExtension(
                    request.FileContainingExtension.ContainingType, request.FileContainingExtension.ExtensionNumber),
                "extension"),
            Asked.AllExtensionNumbersOfType => Extensions(index, request.AllExtensionNumbersOfType),
            _ => Error(StatusCode.InvalidArgument, "The request asks nothing."),
        };
        response.ValidHost = request.Host;
        response.OriginalRequest = request;
        return response;
    }

    private static ServerReflectionResponse Services(DescriptorIndex index)
    {
        var services = new ListServiceResponse();
        services.Service.AddRange(index.ServiceNames.Select(name => new ServiceResponse { Name = name }));
        return new ServerReflectionResponse { ListServicesResponse = services };
    }

    private static ServerReflectionResponse File(FileDescriptor? file, string what)
    {
        if (file is null)
            return NotFound(what);
        var files = new FileDescriptorResponse();
        files.FileDescriptorProto.AddRange(DescriptorIndex.WithImports(file).Select(each => each.SerializedData));
        return new ServerReflectionResponse { FileDescriptorResponse = files };
    }

    private static ServerReflectionResponse Extensions(DescriptorIndex index, string type)
    {
        if (index.ExtensionNumbers(type) is not { } numbers)
            return NotFound("type");
        var extensions = new ExtensionNumberResponse { BaseTypeName = type };
        extensions.ExtensionNumber.AddRange(numbers);
        return new ServerReflectionResponse { AllExtensionNumbersResponse = extensions };
    }

    private static ServerReflectionResponse NotFound(string what) =>
        Error(StatusCode.NotFound, $"The {what} is not known here.");

    private static ServerReflectionResponse Error(StatusCode code, string message) =>
        new() { ErrorResponse = new ErrorResponse { ErrorCode = (int)code, ErrorMessage = message } };
}
