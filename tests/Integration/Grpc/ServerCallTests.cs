using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Recommender.Test.V1;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>What a handler sees, and what becomes of what it does.</summary>
public sealed class ServerCallTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unexpected_exception_stays_on_the_server_and_is_logged_once()
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(server.Address, RawCalls.Frame(new EchoRequest { Crash = true }));
        Assert.Equal(((int)StatusCode.Unknown, "The handler failed."), (response.Status, response.Message));
        Assert.DoesNotContain("hunter2", string.Join(' ', response.Headers.Values.Concat(response.Trailers.Values)), StringComparison.Ordinal);
        var record = Assert.Single(server.Logs.All, record => record.Level >= LogLevel.Error);
        Assert.Contains("hunter2", record.Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Detailed_errors_are_for_developers()
    {
        await using var server = await EchoServer.StartAsync(options => options.EnableDetailedErrors = true);
        var response = await RawCalls.SendAsync(server.Address, RawCalls.Frame(new EchoRequest { Crash = true }));
        Assert.Contains("hunter2", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_status_the_handler_chose_is_no_error_in_the_log()
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(server.Address, RawCalls.Frame(new EchoRequest { FailCode = 5 }));
        Assert.Equal((int)StatusCode.NotFound, response.Status);
        Assert.DoesNotContain(server.Logs.All, record => record.Level > LogLevel.Information);
    }

    [Fact]
    public async Task A_response_beyond_the_senders_limit_exhausts_resources()
    {
        await using var server = await EchoServer.StartAsync(options => options.MaxSendMessageSize = 1000);
        var response = await RawCalls.SendAsync(server.Address, RawCalls.Frame(new EchoRequest { ResponseBytes = 1001 }));
        Assert.Equal((int)StatusCode.ResourceExhausted, response.Status);
        Assert.Empty(response.Body);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("deflate,identity", 0)]
    [InlineData("identity, gzip", 1)]
    public async Task A_response_is_compressed_only_for_who_takes_it(string? accepted, int flag)
    {
        await using var server = await EchoServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip");
        (string, string)[] headers = accepted is null ? [] : [("grpc-accept-encoding", accepted)];
        var response = await RawCalls.SendAsync(server.Address, RawCalls.Frame(new EchoRequest { Text = "hello" }), headers: headers);
        Assert.Equal(flag, response.Body[0]);
        Assert.Equal(flag == 1 ? "gzip" : null, response.Headers.GetValueOrDefault("grpc-encoding"));
    }

    [Fact]
    public async Task Nothing_is_compressed_unless_asked_for()
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(
            server.Address, RawCalls.Frame(new EchoRequest { Text = "hello" }), headers: ("grpc-accept-encoding", "gzip"));
        Assert.Equal(0, response.Body[0]);
        Assert.Equal(new EchoResponse { Text = "hello" }, EchoResponse.Parser.ParseFrom(response.Body.AsSpan(5)));
    }

    [Fact]
    public async Task The_handler_sees_its_call()
    {
        var host = "";
        var deadline = DateTime.MinValue;
        await using var server = await StartWithProbeAsync(context =>
        {
            host = context.Host;
            deadline = context.Deadline;
            Assert.Equal("/recommender.test.v1.EchoService/Unary", context.Method);
            Assert.StartsWith("ipv4:127.0.0.1:", context.Peer, StringComparison.Ordinal);
            Assert.Equal("HTTP/2", context.GetHttpContext().Request.Protocol);
            Assert.Equal("b", context.RequestHeaders.GetValue("a"));
            Assert.False(context.AuthContext.IsPeerAuthenticated);
            context.UserState["key"] = 1;
            Assert.Equal(1, context.UserState["key"]);
            return Task.CompletedTask;
        });
        var response = await RawCalls.SendAsync(
            server.Address, RawCalls.Frame(new EchoRequest()), headers: [("grpc-timeout", "1H"), ("a", "b")]);
        Assert.Equal(0, response.Status);
        Assert.Equal(server.Address.Authority, host);
        Assert.InRange(deadline - DateTime.UtcNow, TimeSpan.FromMinutes(58), TimeSpan.FromMinutes(60));
    }

    [Fact]
    public async Task The_client_hears_of_the_deadline_while_the_handler_does_not()
    {
        var release = new TaskCompletionSource();
        await using var server = await StartWithProbeAsync(_ => release.Task);
        var response = await RawCalls.SendAsync(
            server.Address, RawCalls.Frame(new EchoRequest()), headers: ("grpc-timeout", "300m"));
        Assert.Equal((int)StatusCode.DeadlineExceeded, response.Status);
        Assert.False(release.Task.IsCompleted);
        release.SetResult();
        response = await RawCalls.SendAsync(server.Address, RawCalls.Frame(new EchoRequest()));
        Assert.Equal(0, response.Status);
    }

    [Fact]
    public async Task A_handler_may_end_with_a_status_and_no_exception()
    {
        await using var server = await StartWithProbeAsync(context =>
        {
            context.Status = new Status(StatusCode.AlreadyExists, "twice");
            context.ResponseTrailers.Add("x-why", "because");
            return Task.CompletedTask;
        });
        var response = await RawCalls.SendAsync(server.Address, RawCalls.Frame(new EchoRequest()));
        Assert.Equal(((int)StatusCode.AlreadyExists, "twice"), (response.Status, response.Message));
        Assert.Equal("because", response.Value("x-why"));
        Assert.Empty(response.Body);
    }

    [Fact]
    public async Task A_killed_client_cancels_the_handler()
    {
        await using var server = await EchoServer.StartAsync();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket);
            },
        };
        using var channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { HttpHandler = handler });
        var client = new Test.V1.EchoService.EchoServiceClient(channel);
        using var call = client.ClientStream(cancellationToken: Cancel);
        await call.RequestStream.WriteAsync(new EchoRequest { CallKey = "killed", DelayMs = 60_000 }, Cancel);
        await Eventually.TrueAsync(() => server.Notes["killed"] == "started");
        socket.Close(0);
        await Eventually.TrueAsync(() => server.Notes["killed"] == "cancelled");
        Assert.DoesNotContain(server.Logs.All, record => record.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task An_upload_that_breaks_off_cancels_the_handler()
    {
        await using var server = await EchoServer.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, RawCalls.Unary))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new BrokenContent(),
        };
        await Assert.ThrowsAnyAsync<Exception>(() => http.SendAsync(request, Cancel));
        await Eventually.TrueAsync(() => server.Logs.All.Any(record => record.Text.Contains("given up", StringComparison.Ordinal)));
        Assert.DoesNotContain(server.Logs.All, record => record.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task A_reset_between_reading_a_message_and_letting_go_of_it_is_no_error()
    {
        await using var server = await EchoServer.StartAsync(map: app => app.Use((http, next) =>
        {
            http.Features.Set<IRequestBodyPipeFeature>(new ResetBody(http.Request.BodyReader));
            return next(http);
        }));
        using var channel = server.Connect();
        await Assert.ThrowsAsync<RpcException>(async () => await new Test.V1.EchoService.EchoServiceClient(channel).UnaryAsync(new EchoRequest(), cancellationToken: Cancel));
        await Eventually.TrueAsync(() => server.Logs.All.Any(record => record.Text.Contains("given up", StringComparison.Ordinal)));
        Assert.DoesNotContain(server.Logs.All, record => record.Level >= LogLevel.Error);
    }

    private static Task<EchoServer> StartWithProbeAsync(Func<ServerCallContext, Task> probe) => EchoServer.StartAsync(
        options => options.Interceptors.Add<ProbeInterceptor>(probe));

    private sealed class BrokenContent : HttpContent
    {
        public BrokenContent() => Headers.ContentType = new("application/grpc");

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(RawCalls.Frame(new EchoRequest { Payload = ByteString.CopyFrom(new byte[100]) }).AsMemory(0, 50));
            await stream.FlushAsync();
            throw new IOException("broken off");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>A body whose stream the client resets once its message was read.</summary>
    private sealed class ResetBody(PipeReader body) : PipeReader, IRequestBodyPipeFeature
    {
        public PipeReader Reader => this;

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            body.AdvanceTo(consumed, examined);
            throw new IOException("The client reset the request stream.");
        }

        public override void CancelPendingRead() => body.CancelPendingRead();

        public override void Complete(Exception? exception = null) => body.Complete(exception);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => body.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => body.TryRead(out result);
    }
}
