using Grpc.Core;
using Recommender.Test.V1;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>Broken frames and headers, and the status that the gRPC specification gives each.</summary>
public sealed class MalformedRequestTests
{
    private static readonly byte[] s_frame = RawCalls.Frame(new EchoRequest { Text = "hello" });

    public static TheoryData<string, byte[], StatusCode> Bodies { get; } = new()
    {
        { "no message", [], StatusCode.Unimplemented },
        { "two messages", [.. s_frame, .. s_frame], StatusCode.Unimplemented },
        { "a truncated prefix", s_frame[..3], StatusCode.Internal },
        { "a truncated message", s_frame[..^1], StatusCode.Internal },
        { "a message and half of one", [.. s_frame, .. s_frame[..4]], StatusCode.Internal },
        { "an unknown flag", RawCalls.Frame([], flag: 2), StatusCode.Internal },
        { "compressed without an encoding", RawCalls.Frame(RawCalls.Gzip([10, 1, 65]), flag: 1), StatusCode.Internal },
        { "a length of 4 GiB", [0, 255, 255, 255, 255], StatusCode.ResourceExhausted },
        { "a length of 2 GiB", [0, 127, 255, 255, 255, 1, 2, 3], StatusCode.ResourceExhausted },
        { "one byte too many", RawCalls.Frame(new byte[(4 << 20) + 1]), StatusCode.ResourceExhausted },
        { "no protobuf", RawCalls.Frame([255, 255, 255]), StatusCode.Internal },
        { "a field beyond the end", RawCalls.Frame([10, 5, 65]), StatusCode.Internal },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_broken_body_gets_its_status(string what, byte[] body, StatusCode expected)
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(server.Address, body);
        Assert.True(response.Status == (int)expected, $"{what}: {response.Status} {response.Message}");
        Assert.Equal(200, response.Http);
        Assert.DoesNotContain(server.Logs.All, record => record.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Fact]
    public async Task A_status_without_messages_comes_in_the_headers_alone()
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(server.Address, []);
        Assert.Contains("grpc-status", response.Headers.Keys);
        Assert.Empty(response.Trailers);
    }

    public static TheoryData<byte[], string, StatusCode> Encoded { get; } = new()
    {
        { RawCalls.Frame([1, 2, 3, 4, 5], flag: 1), "gzip", StatusCode.Internal },
        { RawCalls.Frame(RawCalls.Gzip(new byte[5000])[..^9], flag: 1), "gzip", StatusCode.Internal },
        { RawCalls.Frame(RawCalls.Gzip([10, 1, 65]), flag: 1), "identity", StatusCode.Internal },
        { RawCalls.Frame(RawCalls.Gzip(new byte[(4 << 20) + 1]), flag: 1), "gzip", StatusCode.ResourceExhausted },
        { RawCalls.Frame(RawCalls.Gzip(new byte[100 << 20]), flag: 1), "gzip", StatusCode.ResourceExhausted },
        { RawCalls.Frame(RawCalls.Gzip([10, 1, 65]), flag: 1), "gzip", StatusCode.OK },
        { RawCalls.Frame([10, 1, 65]), "gzip", StatusCode.OK },
        { RawCalls.Frame([], flag: 1), "gzip", StatusCode.OK },
    };

    [Theory]
    [MemberData(nameof(Encoded))]
    public async Task A_compressed_body_is_inflated_with_care(byte[] body, string encoding, StatusCode expected)
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(server.Address, body, headers: ("grpc-encoding", encoding));
        Assert.True(response.Status == (int)expected, $"{response.Status} {response.Message}");
    }

    [Fact]
    public async Task An_unknown_encoding_is_answered_with_the_known_ones()
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(server.Address, RawCalls.Frame([1], flag: 1), headers: ("grpc-encoding", "snappy"));
        Assert.Equal((int)StatusCode.Unimplemented, response.Status);
        Assert.Equal("identity,gzip", response.Value("grpc-accept-encoding"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("123456789m")]
    [InlineData("5x")]
    [InlineData("5 m")]
    public async Task A_malformed_timeout_is_internal(string timeout)
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(server.Address, s_frame, headers: ("grpc-timeout", timeout));
        Assert.Equal((int)StatusCode.Internal, response.Status);
    }

    [Theory]
    [InlineData("99999999H")]
    [InlineData("60000m")]
    [InlineData("99999999n")]
    public async Task A_timeout_may_have_any_unit(string timeout)
    {
        await using var server = await EchoServer.StartAsync();
        // The most nanoseconds are a tenth of a second, which a busy machine may need for one call, but not for all.
        await Eventually.TrueAsync(async () =>
        {
            var response = await RawCalls.SendAsync(server.Address, s_frame, headers: ("grpc-timeout", timeout));
            Assert.Contains((StatusCode)response.Status, new[] { StatusCode.OK, StatusCode.DeadlineExceeded });
            return response.Status == (int)StatusCode.OK;
        });
    }

    [Fact]
    public async Task A_binary_header_that_is_not_base64_is_internal()
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(server.Address, s_frame, headers: ("x-initial-bin", "!!!"));
        Assert.Equal((int)StatusCode.Internal, response.Status);
    }

    [Theory]
    [InlineData("AAEC/w")]
    [InlineData("AAEC/w==")]
    [InlineData("AA,AQI=,/w==")]
    public async Task A_binary_header_may_be_padded_and_joined(string value)
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(server.Address, s_frame, headers: ("x-trailing-bin", value));
        var bytes = response.Trailers["x-trailing-bin"].Split(", ").SelectMany(part => Convert.FromBase64String(part.PadRight((part.Length + 3) / 4 * 4, '=')));
        Assert.Equal([0, 1, 2, 255], bytes);
    }

    [Fact]
    public async Task A_header_that_metadata_can_not_hold_is_dropped()
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(server.Address, s_frame, headers: [("x-initial", "tab\there"), ("x-trailing", "fine")]);
        Assert.Equal((int)StatusCode.OK, response.Status);
        Assert.Equal("fine", response.Trailers["x-trailing"]);
        Assert.DoesNotContain("x-initial", response.Headers.Keys);
    }
}
