using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Recommender.Test.V1;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>What the client makes of servers that are no good gRPC servers.</summary>
public sealed class BrokenServerTests
{
    private static readonly byte[] s_frame = RawCalls.Frame(new EchoResponse { Text = "hi" });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(302, StatusCode.Unknown)]
    public Task An_http_status_stands_for_a_status(int http, StatusCode expected) => ExpectAsync(expected, context =>
    {
        context.Response.StatusCode = http;
        return Task.CompletedTask;
    });

    [Fact]
    public Task Another_content_type_is_unknown() => ExpectAsync(StatusCode.Unknown, context =>
    {
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync("<html>");
    });

    [Fact]
    public Task A_response_without_a_status_is_unknown() =>
        ExpectAsync(StatusCode.Unknown, context => AnswerAsync(context, s_frame, null));

    [Theory]
    [InlineData("99")]
    [InlineData("abc")]
    [InlineData("-1")]
    public Task A_status_that_can_not_be_read_is_unknown(string status) =>
        ExpectAsync(StatusCode.Unknown, context => AnswerAsync(context, s_frame, status));

    [Fact]
    public Task No_message_is_unimplemented() => ExpectAsync(StatusCode.Unimplemented, context => AnswerAsync(context, [], "0"));

    [Fact]
    public Task Two_messages_are_unimplemented() =>
        ExpectAsync(StatusCode.Unimplemented, context => AnswerAsync(context, [.. s_frame, .. s_frame], "0"));

    [Fact]
    public Task A_truncated_message_is_internal() =>
        ExpectAsync(StatusCode.Internal, context => AnswerAsync(context, s_frame[..^1], "0"));

    [Fact]
    public Task A_status_counts_more_than_a_missing_message() =>
        ExpectAsync(StatusCode.Aborted, context => AnswerAsync(context, [], "10"));

    [Fact]
    public Task A_message_that_can_not_be_parsed_is_internal() =>
        ExpectAsync(StatusCode.Internal, context => AnswerAsync(context, RawCalls.Frame([255, 255]), "0"));

    [Fact]
    public Task A_huge_message_exhausts_resources() =>
        ExpectAsync(StatusCode.ResourceExhausted, context => AnswerAsync(context, [0, 255, 255, 255, 255], "0"));

    [Fact]
    public Task A_bomb_exhausts_resources() => ExpectAsync(StatusCode.ResourceExhausted, context =>
    {
        context.Response.Headers["grpc-encoding"] = "gzip";
        return AnswerAsync(context, RawCalls.Frame(RawCalls.Gzip(new byte[50 << 20]), flag: 1), "0");
    });

    [Fact]
    public Task An_unknown_encoding_is_internal() => ExpectAsync(StatusCode.Internal, context =>
    {
        context.Response.Headers["grpc-encoding"] = "snappy";
        return AnswerAsync(context, s_frame, "0");
    });

    [Theory]
    [InlineData(0x1, StatusCode.Internal)]
    [InlineData(0x2, StatusCode.Internal)]
    [InlineData(0x8, StatusCode.Cancelled)]
    [InlineData(0xb, StatusCode.ResourceExhausted)]
    [InlineData(0xc, StatusCode.PermissionDenied)]
    public Task A_reset_stands_for_a_status(int code, StatusCode expected) => ExpectAsync(expected, context =>
    {
        context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(code);
        return Task.CompletedTask;
    });

    [Fact]
    public async Task A_broken_message_text_is_kept_as_it_is()
    {
        var error = await ExpectAsync(StatusCode.NotFound, context =>
        {
            context.Response.Headers["grpc-message"] = "50%ZZ %C3%A9 %";
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "5";
            return Task.CompletedTask;
        });
        Assert.Equal("50%ZZ é %", error.Status.Detail);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        using var channel = GrpcChannel.ForAddress("http://127.0.0.1:1");
        var client = new Test.V1.EchoService.EchoServiceClient(channel);
        var error = await Assert.ThrowsAsync<RpcException>(() => client.UnaryAsync(new EchoRequest(), cancellationToken: Cancel).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        using var stream = client.Duplex(cancellationToken: Cancel);
        error = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(Cancel));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    [Fact]
    public Task A_connection_that_breaks_is_unavailable() => ExpectAsync(StatusCode.Unavailable, context =>
    {
        context.Features.GetRequiredFeature<ConnectionBreaker>().Abort();
        return Task.Delay(Timeout.Infinite, context.RequestAborted);
    });

    private static async Task AnswerAsync(HttpContext context, byte[] body, string? status)
    {
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
        if (status is not null)
            context.Response.AppendTrailer("grpc-status", status);
    }

    private static async Task<RpcException> ExpectAsync(StatusCode expected, RequestDelegate answer)
    {
        await using var app = await StartAsync(answer);
        using var channel = GrpcChannel.ForAddress(app.Urls.First());
        var client = new Test.V1.EchoService.EchoServiceClient(channel);
        var error = await Assert.ThrowsAsync<RpcException>(
            () => client.UnaryAsync(new EchoRequest(), cancellationToken: Cancel).ResponseAsync);
        Assert.True(error.StatusCode == expected, $"{error.StatusCode} instead of {expected}: {error.Status.Detail}");
        return error;
    }

    private static async Task<WebApplication> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => connection =>
            {
                connection.Features.Set(new ConnectionBreaker(connection.Abort));
                return next(connection);
            });
        }));
        var app = builder.Build();
        app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await answer(context);
        });
        await app.StartAsync(Cancel);
        return app;
    }

    private sealed record ConnectionBreaker(Action Abort);
}
