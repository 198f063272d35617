using System.Collections.Concurrent;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recommender.Hosting.Errors;
using Recommender.Test.V1;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>Interceptors of both sides, and the services that calls are made with.</summary>
public sealed class InterceptorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_interceptors_wrap_every_kind_of_call_in_order()
    {
        var steps = new ConcurrentQueue<string>();
        await using var server = await EchoServer.StartAsync(
            options =>
            {
                options.Interceptors.Add<Recorder>("outer");
                options.Interceptors.Add<Recorder>("inner");
            },
            builder => builder.Services.AddSingleton(steps));
        using var channel = server.Connect();
        var client = new Test.V1.EchoService.EchoServiceClient(channel);

        await client.UnaryAsync(new EchoRequest(), cancellationToken: Cancel);
        Assert.Equal(["outer unary", "inner unary", "inner gone", "outer gone"], Drain(steps));

        using var upload = client.ClientStream(cancellationToken: Cancel);
        await upload.RequestStream.CompleteAsync();
        await upload;
        Assert.Equal(["outer upload", "inner upload", "inner gone", "outer gone"], Drain(steps));

        using var download = client.ServerStream(new EchoRequest(), cancellationToken: Cancel);
        Assert.False(await download.ResponseStream.MoveNext(Cancel));
        Assert.Equal(["outer download", "inner download", "inner gone", "outer gone"], Drain(steps));

        using var duplex = client.Duplex(cancellationToken: Cancel);
        await duplex.RequestStream.CompleteAsync();
        Assert.False(await duplex.ResponseStream.MoveNext(Cancel));
        Assert.Equal(["outer duplex", "inner duplex", "inner gone", "outer gone"], Drain(steps));
    }

    [Fact]
    public async Task A_full_disk_is_told_as_exhausted_with_a_delay()
    {
        await using var server = await EchoServer.StartAsync(options =>
        {
            options.Interceptors.Add<ErrorInterceptor>();
            options.Interceptors.Add<ProbeInterceptor>((ServerCallContext _) => File.WriteAllTextAsync("/dev/full", "x"));
        });
        using var channel = server.Connect();
        var error = await Assert.ThrowsAsync<RpcException>(async () => await new Test.V1.EchoService.EchoServiceClient(channel).UnaryAsync(new EchoRequest(), cancellationToken: Cancel));
        Assert.Equal((StatusCode.ResourceExhausted, "no space is left on the server's disk"), (error.StatusCode, error.Status.Detail));
        Assert.True(GrpcErrors.RetryDelayOf(error) > TimeSpan.Zero);
    }

    [Fact]
    public async Task An_interceptor_may_refuse_a_call()
    {
        await using var server = await EchoServer.StartAsync(options => options.Interceptors.Add<ProbeInterceptor>(
            (ServerCallContext _) => Task.FromException(new RpcException(new Status(StatusCode.Unauthenticated, "who are you")))));
        var response = await RawCalls.SendAsync(server.Address, RawCalls.Frame(new EchoRequest()));
        Assert.Equal(((int)StatusCode.Unauthenticated, "who are you"), (response.Status, response.Message));
    }

    [Fact]
    public async Task A_client_that_vanishes_in_the_middle_of_its_stream_is_no_error_to_the_services()
    {
        await using var server = await EchoServer.StartAsync(options => options.Interceptors.Add<ErrorInterceptor>());
        Socket? connection = null;
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                connection = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await connection.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        using var channel = server.Connect(new GrpcChannelOptions { HttpHandler = handler });
        var client = new Test.V1.EchoService.EchoServiceClient(channel);

        // First the stream ends without a word and the connection stays, then the connection goes.
        using (await TalkAsync()) { }
        await GoneAsync(1);
        using var last = await TalkAsync();
        connection!.Close(timeout: 0);
        await GoneAsync(2);
        Assert.DoesNotContain(server.Logs.All, r => r.Level >= LogLevel.Error);

        async Task<AsyncDuplexStreamingCall<EchoRequest, EchoResponse>> TalkAsync()
        {
            var call = client.Duplex(cancellationToken: Cancel);
            await call.RequestStream.WriteAsync(new EchoRequest { Text = "here" });
            Assert.True(await call.ResponseStream.MoveNext(Cancel));
            return call;
        }

        Task GoneAsync(int calls) => Eventually.TrueAsync(
            () => server.Logs.All.Count(r => r.Text.Contains("given up by the client", StringComparison.Ordinal) || r.Level >= LogLevel.Error) >= calls);
    }

    [Fact]
    public async Task Client_interceptors_see_every_call()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Connect();
        var client = new Test.V1.EchoService.EchoServiceClient(channel.Intercept(new Stamp()));
        var call = client.UnaryAsync(new EchoRequest(), cancellationToken: Cancel);
        Assert.Equal("stamped", (await call.ResponseHeadersAsync).GetValue("x-initial-stamp"));
        await call;
        using var stream = client.Duplex(cancellationToken: Cancel);
        Assert.Equal("stamped", (await stream.ResponseHeadersAsync).GetValue("x-initial-stamp"));
    }

    private static string[] Drain(ConcurrentQueue<string> steps)
    {
        // The last step may follow the response.
        SpinWait.SpinUntil(() => steps.Count == 4, TimeSpan.FromSeconds(30));
        string[] taken = [.. steps];
        steps.Clear();
        return taken;
    }

    private sealed class Recorder(ConcurrentQueue<string> steps, string name) : Interceptor, IDisposable
    {
        public void Dispose() => steps.Enqueue($"{name} gone");

        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            steps.Enqueue($"{name} unary");
            return continuation(request, context);
        }

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, ServerCallContext context,
            ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            steps.Enqueue($"{name} upload");
            return continuation(requestStream, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            steps.Enqueue($"{name} download");
            return continuation(request, responseStream, context);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            steps.Enqueue($"{name} duplex");
            return continuation(requestStream, responseStream, context);
        }
    }

    private sealed class Stamp : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation) => continuation(request, Stamped(context));

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation) => continuation(Stamped(context));

        private static ClientInterceptorContext<TRequest, TResponse> Stamped<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context)
            where TRequest : class
            where TResponse : class =>
            new(context.Method, context.Host, context.Options.WithHeaders(new Metadata { { "x-initial-stamp", "stamped" } }));
    }
}
