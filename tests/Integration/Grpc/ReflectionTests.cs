using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Alpha = Grpc.Reflection.V1Alpha;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>What tools can ask of the server about itself.</summary>
public sealed class ReflectionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_services_are_listed()
    {
        var response = await AskAsync(new ServerReflectionRequest { ListServices = "*" });
        Assert.Equal(
            ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "recommender.test.v1.EchoService"],
            response.ListServicesResponse.Service.Select(service => service.Name).Order());
    }

    [Theory]
    [InlineData("recommender.test.v1.EchoService")]
    [InlineData("recommender.test.v1.EchoService.Duplex")]
    [InlineData("recommender.test.v1.Item")]
    public async Task A_symbol_leads_to_its_file(string symbol)
    {
        var response = await AskAsync(new ServerReflectionRequest { FileContainingSymbol = symbol });
        var file = FileDescriptorProto.Parser.ParseFrom(Assert.Single(response.FileDescriptorResponse.FileDescriptorProto));
        Assert.Equal("recommender/test/v1/echo.proto", file.Name);
    }

    [Fact]
    public async Task A_file_is_found_by_its_name()
    {
        var response = await AskAsync(
            new ServerReflectionRequest { Host = "here", FileByFilename = "recommender/test/v1/echo.proto" });
        Assert.Single(response.FileDescriptorResponse.FileDescriptorProto);
        Assert.Equal("here", response.OriginalRequest.Host);
    }

    [Theory]
    [InlineData("file_by_filename")]
    [InlineData("file_containing_symbol")]
    public async Task What_is_not_there_is_not_found(string question)
    {
        var request = question == "file_by_filename"
            ? new ServerReflectionRequest { FileByFilename = "nothing.proto" }
            : new ServerReflectionRequest { FileContainingSymbol = "nothing.Nobody" };
        Assert.Equal((int)StatusCode.NotFound, (await AskAsync(request)).ErrorResponse.ErrorCode);
    }

    [Fact]
    public async Task One_stream_takes_many_questions_and_survives_errors()
    {
        await using var server = await StartAsync();
        using var channel = server.Connect();
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo(cancellationToken: Cancel);
        for (var i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(new ServerReflectionRequest { FileByFilename = "nothing.proto" }, Cancel);
            Assert.True(await call.ResponseStream.MoveNext(Cancel));
            Assert.NotNull(call.ResponseStream.Current.ErrorResponse);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(Cancel));
    }

    [Fact]
    public async Task The_alpha_version_answers_alike()
    {
        await using var server = await StartAsync();
        using var channel = server.Connect();
        using var call = new Alpha.ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo(cancellationToken: Cancel);
        await call.RequestStream.WriteAsync(new() { FileContainingSymbol = "recommender.test.v1.EchoRequest" }, Cancel);
        Assert.True(await call.ResponseStream.MoveNext(Cancel));
        Assert.Single(call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto);
        Assert.Equal("recommender.test.v1.EchoRequest", call.ResponseStream.Current.OriginalRequest.FileContainingSymbol);
    }

    private static async Task<ServerReflectionResponse> AskAsync(ServerReflectionRequest request)
    {
        await using var server = await StartAsync();
        using var channel = server.Connect();
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo(cancellationToken: Cancel);
        await call.RequestStream.WriteAsync(request, Cancel);
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext(Cancel));
        return call.ResponseStream.Current;
    }

    private static Task<EchoServer> StartAsync() => EchoServer.StartAsync(
        build: builder => builder.Services.AddGrpcReflection(), map: app => app.MapGrpcReflectionService());
}
