using Google.Protobuf;
using Recommender.Test.V1;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>The echo service's descriptors as a FileDescriptorSet in a file, for clients without generated code.</summary>
internal static class EchoDescriptors
{
    public static string Path { get; } = Write();

    private static string Write()
    {
        var path = System.IO.Path.Combine(AppContext.BaseDirectory, "Grpc", "echo.descriptors");
        using var output = new CodedOutputStream(File.Create(path));
        output.WriteTag(1, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(EchoReflection.Descriptor.SerializedData);
        return path;
    }
}
