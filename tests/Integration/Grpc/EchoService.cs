using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Recommender.Test.V1;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>How calls stand, by their keys.</summary>
public sealed class CallNotes
{
    private readonly ConcurrentDictionary<string, string> _states = new();

    public string this[string key]
    {
        get => _states.GetValueOrDefault(key, "");
        set => _states[key] = value;
    }
}

/// <summary>The echo service: it does what the request says.</summary>
public sealed class EchoService(CallNotes notes) : Test.V1.EchoService.EchoServiceBase
{
    public override async Task<EchoResponse> Unary(EchoRequest request, ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        return await AnswerAsync(request, context);
    }

    public override async Task<EchoResponse> ClientStream(IAsyncStreamReader<EchoRequest> requestStream, ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        var response = new EchoResponse();
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            var answer = await AnswerAsync(request, context);
            response.Count++;
            response.Text = answer.Text;
            response.PayloadBytes += answer.PayloadBytes;
        }
        return response;
    }

    public override async Task ServerStream(
        EchoRequest request, IServerStreamWriter<EchoResponse> responseStream, ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        var once = request.Clone();
        once.FailCode = 0;
        try
        {
            for (var i = 0; i < request.Count; i++)
            {
                var answer = await AnswerAsync(once, context);
                answer.Count = i;
                await responseStream.WriteAsync(answer);
            }
        }
        finally
        {
            // It may be cancelled while it writes as well.
            NoteIfCancelled(request, context);
        }
        ThrowIfAsked(request);
    }

    public override async Task Duplex(
        IAsyncStreamReader<EchoRequest> requestStream, IServerStreamWriter<EchoResponse> responseStream, ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(await AnswerAsync(request, context));
    }

    public override Task<EchoResponse> CallState(EchoRequest request, ServerCallContext context) =>
        Task.FromResult(new EchoResponse { Text = notes[request.CallKey] });

    private async Task<EchoResponse> AnswerAsync(EchoRequest request, ServerCallContext context)
    {
        notes[request.CallKey] = "started";
        try
        {
            if (request.DelayMs > 0)
                await Task.Delay(request.DelayMs, context.CancellationToken);
        }
        finally
        {
            NoteIfCancelled(request, context);
        }
        ThrowIfAsked(request);
        return new EchoResponse
        {
            Text = request.Text,
            Payload = request.ResponseBytes > 0 ? ByteString.CopyFrom(new byte[request.ResponseBytes]) : request.Payload,
            Count = request.Count,
            PayloadBytes = request.Payload.Length,
        };
    }

    // Not by a callback of the token: one that is taken back while others run may never be called.
    private void NoteIfCancelled(EchoRequest request, ServerCallContext context)
    {
        if (context.CancellationToken.IsCancellationRequested)
            notes[request.CallKey] = "cancelled";
    }

    private static void ThrowIfAsked(EchoRequest request)
    {
        if (request.Crash)
            throw new InvalidOperationException("secret: password=hunter2");
        if (request.FailCode == 0)
            return;
        var trailers = new Metadata { { "x-failed", "yes" } };
        if (request.FailDetails.Length > 0)
            trailers.Add("grpc-status-details-bin", request.FailDetails.ToByteArray());
        throw new RpcException(new Status((StatusCode)request.FailCode, request.FailMessage), trailers);
    }

    // x-initial... comes back in the headers, x-trailing... in the trailers.
    private static async Task EchoMetadataAsync(ServerCallContext context)
    {
        var initial = new Metadata();
        foreach (var entry in context.RequestHeaders)
        {
            if (entry.Key.StartsWith("x-initial", StringComparison.Ordinal))
                initial.Add(entry);
            else if (entry.Key.StartsWith("x-trailing", StringComparison.Ordinal))
                context.ResponseTrailers.Add(entry);
        }
        if (initial.Count > 0)
            await context.WriteResponseHeadersAsync(initial);
    }
}
