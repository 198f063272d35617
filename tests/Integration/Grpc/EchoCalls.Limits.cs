using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Recommender.Test.V1;

namespace Recommender.Tests.Integration.GrpcRuntime;

public abstract partial class EchoCalls<TServer>
{
    private static readonly Metadata s_gzip = new() { { "grpc-internal-encoding-request", "gzip" } };

    [Fact]
    public async Task A_compressed_request_is_understood()
    {
        var client = await ConnectAsync();
        var payload = ByteString.CopyFrom(new byte[100_000]);
        var response = await client.UnaryAsync(new EchoRequest { Payload = payload }, s_gzip, cancellationToken: Cancel);
        Assert.Equal(payload, response.Payload);
    }

    [Fact]
    public async Task Compressed_streams_are_understood()
    {
        var client = await ConnectAsync();
        using var call = client.Duplex(s_gzip, cancellationToken: Cancel);
        for (var i = 0; i < 100; i++)
        {
            call.RequestStream.WriteOptions = i % 2 == 0 ? null : new WriteOptions(WriteFlags.NoCompress);
            await call.RequestStream.WriteAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[i * 10]) }, Cancel);
            Assert.True(await call.ResponseStream.MoveNext(Cancel));
            Assert.Equal(i * 10, call.ResponseStream.Current.Payload.Length);
        }
    }

    [Fact]
    public async Task A_compressed_response_is_understood()
    {
        var recorder = new EncodingRecorder(new SocketsHttpHandler());
        var client = await ConnectAsync(new GrpcChannelOptions { HttpHandler = recorder });
        var response = await client.UnaryAsync(new EchoRequest { ResponseBytes = 100_000 }, cancellationToken: Cancel);
        Assert.Equal(100_000, response.Payload.Length);
        Assert.Equal(server.CompressesResponses ? "gzip" : "identity", recorder.LastEncoding);
    }

    [Fact]
    public async Task A_response_beyond_the_limit_exhausts_resources()
    {
        var client = await ConnectAsync(new GrpcChannelOptions { MaxReceiveMessageSize = 1000 });
        var error = await Assert.ThrowsAsync<RpcException>(
            () => client.UnaryAsync(new EchoRequest { ResponseBytes = 100_000 }, cancellationToken: Cancel).ResponseAsync);
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal(10, (await client.UnaryAsync(new EchoRequest { ResponseBytes = 10 }, cancellationToken: Cancel)).Payload.Length);
    }

    [Fact]
    public async Task A_request_beyond_the_senders_limit_is_not_sent()
    {
        var client = await ConnectAsync(new GrpcChannelOptions { MaxSendMessageSize = 1000 });
        var request = new EchoRequest { Payload = ByteString.CopyFrom(new byte[1001]) };
        var error = await Assert.ThrowsAsync<RpcException>(() => client.UnaryAsync(request, cancellationToken: Cancel).ResponseAsync);
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    private sealed class EncodingRecorder(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public string? LastEncoding { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            LastEncoding = response.Headers.TryGetValues("grpc-encoding", out var values) ? values.Single() : null;
            return response;
        }
    }
}
