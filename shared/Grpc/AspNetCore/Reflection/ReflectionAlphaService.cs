using Google.Protobuf;
using Grpc.Core;
using Grpc.Reflection.V1Alpha;

namespace Grpc.AspNetCore.Reflection;

// grpc.reflection.v1alpha: the same messages under another package, so bytes carry over.
internal sealed class ReflectionAlphaService(DescriptorIndex index) : ServerReflection.ServerReflectionBase
{
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requestStream,
        IServerStreamWriter<ServerReflectionResponse> responseStream,
        ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken).ConfigureAwait(false))
        {
            var asked = Grpc.Reflection.V1.ServerReflectionRequest.Parser.ParseFrom(request.ToByteString());
            var answer = ReflectionAnswers.Answer(index, asked);
            await responseStream
                .WriteAsync(ServerReflectionResponse.Parser.ParseFrom(answer.ToByteString()))
                .ConfigureAwait(false);
        }
    }
}
