using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Recommender.Test.V1;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>Text that is not UTF-8 is refused, naming the field.</summary>
public sealed class BrokenTextTests
{
    private const string Marker = "@@";

    // A message made with a marker in place of the text, which two broken bytes of the same length then replace.
    public static TheoryData<EchoRequest, string> Requests { get; } = new()
    {
        { new EchoRequest { Text = Marker }, "text" },
        { new EchoRequest { Text = "fine é", FailMessage = Marker }, "fail_message" },
        { new EchoRequest { Item = new Item { Inner = new Item { Number = 1L << 40, Name = Marker } } }, "item.inner.name" },
        { new EchoRequest { Items = { new Item(), new Item { Name = "漢" }, new Item { Name = Marker } } }, "items[2].name" },
        { new EchoRequest { Items = { new Item { Tags = { "a", Marker } } } }, "items[0].tags[1]" },
        { new EchoRequest { Labels = { ["k"] = Marker } }, "labels" },
        { new EchoRequest { Labels = { ["fine"] = "fine", [Marker] = "v" } }, "labels" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task The_field_is_named(EchoRequest request, string field)
    {
        await using var server = await EchoServer.StartAsync();
        var response = await RawCalls.SendAsync(server.Address, RawCalls.Frame(Break(request)));
        Assert.Equal((int)StatusCode.InvalidArgument, response.Status);
        Assert.StartsWith($"{field}:", response.Message, StringComparison.Ordinal);
        var violation = Assert.Single(Details(response).FieldViolations);
        Assert.Equal(field, violation.Field);
    }

    [Fact]
    public async Task Bytes_may_be_anything()
    {
        await using var server = await EchoServer.StartAsync();
        var payload = ByteString.CopyFrom(0xff, 0xc3, 0x28);
        var response = await RawCalls.SendAsync(server.Address, RawCalls.Frame(new EchoRequest { Payload = payload, Text = "é" }));
        Assert.Equal((int)StatusCode.OK, response.Status);
    }

    [Fact]
    public async Task A_broken_message_of_a_stream_ends_it()
    {
        await using var server = await EchoServer.StartAsync();
        byte[] body = [.. RawCalls.Frame(new EchoRequest()), .. RawCalls.Frame(Break(new EchoRequest { Text = Marker }))];
        var response = await RawCalls.SendAsync(server.Address, body, "/recommender.test.v1.EchoService/Duplex");
        Assert.Equal((int)StatusCode.InvalidArgument, response.Status);
        Assert.Equal("text", Details(response).FieldViolations[0].Field);
    }

    [Fact]
    public async Task It_is_found_in_a_message_of_many_segments_too()
    {
        await using var server = await EchoServer.StartAsync();
        var request = new EchoRequest { Payload = ByteString.CopyFrom(new byte[1 << 20]), CallKey = Marker };
        var response = await RawCalls.SendAsync(server.Address, RawCalls.Frame(Break(request)));
        Assert.Equal((int)StatusCode.InvalidArgument, response.Status);
        Assert.Equal("call_key", Details(response).FieldViolations[0].Field);
    }

    private static byte[] Break(EchoRequest request)
    {
        var bytes = request.ToByteArray();
        var at = bytes.AsSpan().IndexOf("@@"u8);
        bytes[at] = 0xc3;
        bytes[at + 1] = 0x28;
        return bytes;
    }

    private static BadRequest Details(RawResponse response)
    {
        var text = response.Value("grpc-status-details-bin")!;
        var status = Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '=')));
        Assert.Equal((int)StatusCode.InvalidArgument, status.Code);
        return Assert.Single(status.Details).Unpack<BadRequest>();
    }
}
