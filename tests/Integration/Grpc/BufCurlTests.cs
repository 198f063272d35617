using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>buf's curl calls this repository's server, with the schema from files and from reflection.</summary>
public sealed class BufCurlTests
{
    private const string Unary = "recommender.test.v1.EchoService/Unary";

    [Fact]
    public async Task It_calls_with_the_schema_of_the_files()
    {
        await using var server = await StartAsync();
        var (code, output, errors) = await RunAsync(
            server, Unary, "--schema", ForeignTools.Protos, "-d", """{"text":"hällo","labels":{"a":"b"}}""");
        Assert.True(code == 0, errors);
        Assert.Equal("hällo", JsonDocument.Parse(output).RootElement.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("grpc-v1")]
    [InlineData("grpc-v1alpha")]
    public async Task It_calls_with_the_schema_of_the_server(string reflection)
    {
        await using var server = await StartAsync();
        var (code, output, errors) = await RunAsync(
            server, Unary, "--reflect", "--reflect-protocol", reflection, "-d", """{"count":7}""");
        Assert.True(code == 0, errors);
        Assert.Equal(7, JsonDocument.Parse(output).RootElement.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task It_lists_the_services_and_methods()
    {
        await using var server = await StartAsync();
        var (code, output, errors) = await RunAsync(server, "", "--list-methods");
        Assert.True(code == 0, errors);
        Assert.Contains("recommender.test.v1.EchoService/Duplex", output, StringComparison.Ordinal);
        Assert.Contains("grpc.health.v1.Health/Watch", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_streams_both_ways()
    {
        await using var server = await StartAsync();
        var (code, output, errors) = await RunAsync(
            server, "recommender.test.v1.EchoService/Duplex", "--reflect", "-d", """{"count":1}{"count":2}{"count":3}""");
        Assert.True(code == 0, errors);
        Assert.Equal(3, output.Split("\"count\"").Length - 1);
    }

    [Fact]
    public async Task It_shows_a_status_with_its_message()
    {
        await using var server = await StartAsync();
        var (code, _, errors) = await RunAsync(
            server, Unary, "--reflect", "-d", """{"failCode":5,"failMessage":"no such vidéo"}""");
        Assert.NotEqual(0, code);
        Assert.Contains("\"not_found\"", errors, StringComparison.Ordinal);
        Assert.Contains("no such vidéo", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_checks_the_health()
    {
        await using var server = await StartAsync();
        var (code, output, errors) = await RunAsync(server, "grpc.health.v1.Health/Check", "--reflect", "-d", "{}");
        Assert.True(code == 0, errors);
        Assert.Contains("SERVING", output, StringComparison.Ordinal);
    }

    private static Task<EchoServer> StartAsync() => EchoServer.StartAsync(
        build: builder =>
        {
            builder.Services.AddGrpcReflection();
            builder.Services.AddGrpcHealthChecks().AddCheck("always", () => new(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy));
        },
        map: app =>
        {
            app.MapGrpcReflectionService();
            app.MapGrpcHealthChecksService();
        });

    private static Task<(int Code, string Output, string Errors)> RunAsync(EchoServer server, string path, params string[] arguments)
    {
        var command = ForeignTools.Buf(
            ["curl", "--protocol", "grpc", "--http2-prior-knowledge", .. arguments, $"{server.Address}{path}"]);
        return ForeignProcess.RunAsync(command, TestContext.Current.CancellationToken);
    }
}
