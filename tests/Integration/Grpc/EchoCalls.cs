using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Recommender.Test.V1;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>What a call of this repository's client must give, whatever server answers it.</summary>
public abstract partial class EchoCalls<TServer>(TServer server) : IAsyncDisposable
    where TServer : class, IEchoServer
{
    private readonly List<GrpcChannel> _channels = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_unary_call_comes_back()
    {
        var client = await ConnectAsync();
        var response = await client.UnaryAsync(new EchoRequest { Text = "héllo 漢字 🎬" }, cancellationToken: Cancel);
        Assert.Equal("héllo 漢字 🎬", response.Text);
    }

    [Fact]
    public async Task An_empty_message_comes_back_empty()
    {
        var client = await ConnectAsync();
        Assert.Equal(new EchoResponse(), await client.UnaryAsync(new EchoRequest(), cancellationToken: Cancel));
    }

    [Fact]
    public async Task A_message_of_three_megabytes_comes_back()
    {
        var client = await ConnectAsync();
        var payload = new byte[3 << 20];
        new Random(7).NextBytes(payload);
        var request = new EchoRequest { Payload = ByteString.CopyFrom(payload) };
        var response = await client.UnaryAsync(request, cancellationToken: Cancel);
        Assert.True(response.Payload.Span.SequenceEqual(payload));
    }

    [Fact]
    public async Task Many_calls_share_a_connection()
    {
        var client = await ConnectAsync();
        var calls = Enumerable.Range(0, 500)
            .Select(i => client.UnaryAsync(new EchoRequest { Count = i }, cancellationToken: Cancel).ResponseAsync);
        Assert.Equal(Enumerable.Range(0, 500), (await Task.WhenAll(calls)).Select(response => response.Count));
    }

    [Theory]
    [InlineData(StatusCode.NotFound, "not here")]
    [InlineData(StatusCode.DataLoss, "100 % übel:\r\n漢字 \u0001")]
    [InlineData(StatusCode.Unauthenticated, "")]
    public async Task A_status_arrives_with_its_message_and_trailers(StatusCode code, string message)
    {
        var client = await ConnectAsync();
        var request = new EchoRequest { FailCode = (int)code, FailMessage = message };
        var call = client.UnaryAsync(request, cancellationToken: Cancel);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal((code, message), (error.StatusCode, error.Status.Detail));
        Assert.Equal("yes", error.Trailers.GetValue("x-failed"));
        Assert.Equal(code, call.GetStatus().StatusCode);
        Assert.Equal("yes", call.GetTrailers().GetValue("x-failed"));
    }

    [Fact]
    public async Task Status_details_arrive_whole()
    {
        var client = await ConnectAsync();
        var details = new Google.Rpc.Status { Code = 3, Message = "bad" };
        details.Details.Add(Google.Protobuf.WellKnownTypes.Any.Pack(new RequestInfo { RequestId = "r1" }));
        var request = new EchoRequest { FailCode = 3, FailMessage = "bad", FailDetails = details.ToByteString() };
        var error = await Assert.ThrowsAsync<RpcException>(
            () => client.UnaryAsync(request, cancellationToken: Cancel).ResponseAsync);
        var arrived = Google.Rpc.Status.Parser.ParseFrom(error.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Equal(details, arrived);
    }

    [Fact]
    public async Task Metadata_goes_there_and_back_as_text_and_bytes()
    {
        var client = await ConnectAsync();
        byte[] bytes = [0, 1, 255, 44, 61];
        var headers = new Metadata
        {
            { "x-initial", "first, with a comma" },
            { "x-initial-bin", bytes },
            { "x-trailing", "last" },
            { "x-trailing-bin", [9, 9] },
        };
        var call = client.UnaryAsync(new EchoRequest(), headers, cancellationToken: Cancel);
        var initial = await call.ResponseHeadersAsync;
        await call;
        Assert.Equal("first, with a comma", initial.GetValue("x-initial"));
        Assert.Equal(bytes, initial.GetValueBytes("x-initial-bin"));
        Assert.Equal("last", call.GetTrailers().GetValue("x-trailing"));
        Assert.Equal([9, 9], call.GetTrailers().GetValueBytes("x-trailing-bin"));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented()
    {
        var channel = await OpenAsync();
        var marshaller = Marshallers.StringMarshaller;
        var method = new Method<string, string>(MethodType.Unary, "recommender.test.v1.EchoService", "Nothing", marshaller, marshaller);
        var call = channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(cancellationToken: Cancel), "");
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    [Fact]
    public async Task A_crashed_handler_is_unknown_or_internal()
    {
        var client = await ConnectAsync();
        var error = await Assert.ThrowsAsync<RpcException>(
            () => client.UnaryAsync(new EchoRequest { Crash = true }, cancellationToken: Cancel).ResponseAsync);
        Assert.Contains(error.StatusCode, new[] { StatusCode.Unknown, StatusCode.Internal });
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var channel in _channels)
            channel.Dispose();
        return default;
    }

    private async Task<GrpcChannel> OpenAsync(GrpcChannelOptions? options = null)
    {
        var channel = GrpcChannel.ForAddress(await server.AddressAsync(), options ?? new GrpcChannelOptions());
        _channels.Add(channel);
        return channel;
    }

    private async Task<Test.V1.EchoService.EchoServiceClient> ConnectAsync(GrpcChannelOptions? options = null) =>
        new(await OpenAsync(options));
}

public sealed class CallsOfOwnServer(OwnEchoServer server) : EchoCalls<OwnEchoServer>(server), IClassFixture<OwnEchoServer>;

public sealed class CallsOfPythonServer(PythonEchoServer server) : EchoCalls<PythonEchoServer>(server), IClassFixture<PythonEchoServer>;

public sealed class CallsOfNodeServer(NodeEchoServer server) : EchoCalls<NodeEchoServer>(server), IClassFixture<NodeEchoServer>;
