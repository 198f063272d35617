using Grpc.Core;
using Grpc.Reflection.V1;

namespace Grpc.AspNetCore.Reflection;

// grpc.reflection.v1.
internal sealed class ReflectionService(DescriptorIndex index) : ServerReflection.ServerReflectionBase
{
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requestStream,
        IServerStreamWriter<ServerReflectionResponse> responseStream,
        ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken).ConfigureAwait(false))
            await responseStream.WriteAsync(ReflectionAnswers.Answer(index, request)).ConfigureAwait(false);
    }
}
