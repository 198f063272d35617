using System.Net;
using Grpc.Core;
using Recommender.Test.V1;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>Requests that are no gRPC calls, or calls of what is not there.</summary>
public sealed class HttpGateTests
{
    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("application/grpc-web")]
    [InlineData("")]
    public async Task Another_content_type_is_not_supported(string type)
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(
            server.Address, RawCalls.Frame(new EchoRequest()), headers: ("content-type", type));
        Assert.Equal(415, response.Http);
    }

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc; charset=utf-8")]
    public async Task Every_form_of_the_content_type_is_taken(string type)
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(
            server.Address, RawCalls.Frame(new EchoRequest()), headers: ("content-type", type));
        Assert.Equal((200, 0), (response.Http, response.Status));
    }

    [Fact]
    public async Task Another_method_than_post_is_not_allowed()
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(server.Address, [], method: HttpMethod.Get);
        Assert.Equal(405, response.Http);
    }

    [Theory]
    [InlineData(RawCalls.Unary)]
    [InlineData("/recommender.test.v1.EchoService/Nothing")]
    [InlineData("/no.such.Service/Nothing")]
    public async Task Http_1_is_asked_to_upgrade(string path)
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(
            server.Http1Address, RawCalls.Frame(new EchoRequest()), path, version: HttpVersion.Version11);
        Assert.Equal(426, response.Http);
    }

    [Theory]
    [InlineData("/recommender.test.v1.EchoService/Nothing")]
    [InlineData("/no.such.Service/Unary")]
    public async Task What_is_not_mapped_is_unimplemented(string path)
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(server.Address, RawCalls.Frame(new EchoRequest()), path);
        Assert.Equal((200, (int)StatusCode.Unimplemented), (response.Http, response.Status));
        Assert.Empty(response.Body);
    }

    [Fact]
    public async Task What_is_not_mapped_is_left_to_others_when_it_is_no_call()
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(
            server.Address, [], "/no.such.Service/Unary", headers: ("content-type", "application/json"));
        Assert.Equal(404, response.Http);
    }

    [Fact]
    public async Task Unknown_services_may_be_left_to_others()
    {
        await using var server = await EchoServer.StartAsync(options => options.IgnoreUnknownServices = true);
        var response = await RawCalls.SendAsync(server.Address, RawCalls.Frame(new EchoRequest()), "/no.such.Service/Unary");
        Assert.Equal(404, response.Http);
    }
}
