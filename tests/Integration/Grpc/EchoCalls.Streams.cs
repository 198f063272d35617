using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Recommender.Test.V1;

namespace Recommender.Tests.Integration.GrpcRuntime;

public abstract partial class EchoCalls<TServer>
{
    private const int Many = 5000;

    [Fact]
    public async Task A_client_streams_thousands_of_messages()
    {
        var client = await ConnectAsync();
        using var call = client.ClientStream(cancellationToken: Cancel);
        for (var i = 0; i < Many; i++)
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}", Payload = ByteString.CopyFrom(new byte[10]) }, Cancel);
        await call.RequestStream.CompleteAsync();
        var response = await call;
        Assert.Equal((Many, $"{Many - 1}", Many * 10L), (response.Count, response.Text, response.PayloadBytes));
    }

    [Fact]
    public async Task A_server_streams_thousands_of_messages()
    {
        var client = await ConnectAsync();
        using var call = client.ServerStream(new EchoRequest { Count = Many, Text = "x" }, cancellationToken: Cancel);
        var counts = await call.ResponseStream.ReadAllAsync(Cancel).Select(response => response.Count).ToListAsync(Cancel);
        Assert.Equal(Enumerable.Range(0, Many), counts);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_slow_reader_gets_every_large_message()
    {
        var client = await ConnectAsync();
        var request = new EchoRequest { Count = 40, ResponseBytes = 256 << 10 };
        using var call = client.ServerStream(request, cancellationToken: Cancel);
        var counts = new List<int>();
        await foreach (var response in call.ResponseStream.ReadAllAsync(Cancel))
        {
            Assert.Equal(256 << 10, response.Payload.Length);
            counts.Add(response.Count);
            if (counts.Count % 10 == 0)
                await Task.Delay(50, Cancel);
        }
        Assert.Equal(Enumerable.Range(0, 40), counts);
    }

    [Fact]
    public async Task Both_sides_stream_in_turn()
    {
        var client = await ConnectAsync();
        using var call = client.Duplex(cancellationToken: Cancel);
        for (var i = 0; i < 500; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Count = i }, Cancel);
            Assert.True(await call.ResponseStream.MoveNext(Cancel));
            Assert.Equal(i, call.ResponseStream.Current.Count);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(Cancel));
    }

    [Fact]
    public async Task Both_sides_stream_at_once()
    {
        var client = await ConnectAsync();
        using var call = client.Duplex(cancellationToken: Cancel);
        var reading = call.ResponseStream.ReadAllAsync(Cancel).Select(response => response.Count).ToListAsync(Cancel);
        for (var i = 0; i < Many; i++)
            await call.RequestStream.WriteAsync(new EchoRequest { Count = i, Text = "some text to carry" }, Cancel);
        await call.RequestStream.CompleteAsync();
        Assert.Equal(Enumerable.Range(0, Many), await reading);
    }

    [Fact]
    public async Task Messages_that_need_not_leave_at_once_travel_together_and_all_arrive()
    {
        var client = await ConnectAsync();
        using var call = client.Duplex(cancellationToken: Cancel);
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
        var reading = call.ResponseStream.ReadAllAsync(Cancel).Select(response => (response.Count, response.PayloadBytes)).ToListAsync(Cancel);
        var sizes = Enumerable.Range(0, Many).Select(i => i % 1000 == 999 ? 100_000 : i % 90).ToArray();
        for (var i = 0; i < Many; i++)
            await call.RequestStream.WriteAsync(new EchoRequest { Count = i, Payload = ByteString.CopyFrom(new byte[sizes[i]]) }, Cancel);
        await call.RequestStream.CompleteAsync();
        Assert.Equal(sizes.Select((size, i) => (i, (long)size)), await reading);
    }

    [Fact]
    public async Task A_message_that_leaves_at_once_takes_those_before_it_along()
    {
        var client = await ConnectAsync();
        using var call = client.Duplex(cancellationToken: Cancel);
        for (var i = 0; i < 9; i++)
        {
            call.RequestStream.WriteOptions = i % 3 == 2 ? WriteOptions.Default : new WriteOptions(WriteFlags.BufferHint);
            await call.RequestStream.WriteAsync(new EchoRequest { Count = i }, Cancel);
            for (var answer = i - 2; i % 3 == 2 && answer <= i; answer++)
            {
                Assert.True(await call.ResponseStream.MoveNext(Cancel));
                Assert.Equal(answer, call.ResponseStream.Current.Count);
            }
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(Cancel));
    }

    [Fact]
    public async Task A_message_that_is_too_large_leaves_those_beside_it_whole()
    {
        var client = await ConnectAsync(new GrpcChannelOptions { MaxSendMessageSize = 1000 });
        using var call = client.Duplex(cancellationToken: Cancel);
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
        await call.RequestStream.WriteAsync(new EchoRequest { Count = 1 }, Cancel);
        await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[2000]) }, Cancel));
        await call.RequestStream.WriteAsync(new EchoRequest { Count = 2 }, Cancel);
        await call.RequestStream.CompleteAsync();
        Assert.Equal([1, 2], await call.ResponseStream.ReadAllAsync(Cancel).Select(response => response.Count).ToListAsync(Cancel));
    }

    [Fact]
    public async Task What_was_gathered_for_a_call_that_has_failed_is_told_at_its_end()
    {
        var client = await ConnectAsync();
        using var call = client.ClientStream(cancellationToken: Cancel);
        await call.RequestStream.WriteAsync(new EchoRequest { FailCode = (int)StatusCode.PermissionDenied }, Cancel);
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
        var gathered = call.RequestStream.WriteAsync(new EchoRequest(), Cancel);
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        var late = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await gathered;
            await call.RequestStream.CompleteAsync();
        });
        Assert.Equal(StatusCode.PermissionDenied, late.StatusCode);
    }

    [Fact]
    public async Task A_stream_of_no_messages_ends_well()
    {
        var client = await ConnectAsync();
        using var upload = client.ClientStream(cancellationToken: Cancel);
        await upload.RequestStream.CompleteAsync();
        Assert.Equal(0, (await upload).Count);
        using var download = client.ServerStream(new EchoRequest(), cancellationToken: Cancel);
        Assert.False(await download.ResponseStream.MoveNext(Cancel));
        using var both = client.Duplex(cancellationToken: Cancel);
        await both.RequestStream.CompleteAsync();
        Assert.False(await both.ResponseStream.MoveNext(Cancel));
    }

    [Fact]
    public async Task A_stream_may_fail_after_messages()
    {
        var client = await ConnectAsync();
        var request = new EchoRequest { Count = 3, FailCode = (int)StatusCode.Aborted, FailMessage = "enough" };
        using var call = client.ServerStream(request, cancellationToken: Cancel);
        for (var i = 0; i < 3; i++)
            Assert.True(await call.ResponseStream.MoveNext(Cancel));
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancel));
        Assert.Equal((StatusCode.Aborted, "enough"), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task A_server_may_refuse_a_stream_before_its_end()
    {
        var client = await ConnectAsync();
        using var call = client.ClientStream(cancellationToken: Cancel);
        await call.RequestStream.WriteAsync(new EchoRequest { FailCode = (int)StatusCode.PermissionDenied }, Cancel);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        var late = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new EchoRequest(), Cancel));
        Assert.Equal(StatusCode.PermissionDenied, late.StatusCode);
    }
}
