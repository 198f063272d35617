using Grpc.Core;
using Recommender.Test.V1;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.GrpcRuntime;

public abstract partial class EchoCalls<TServer>
{
    private const int Minute = 60_000;

    [Fact]
    public async Task A_deadline_ends_the_call_on_both_sides()
    {
        var client = await ConnectAsync();
        var key = await KnownAsync(client, async key =>
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => client.UnaryAsync(
                new EchoRequest { DelayMs = Minute, CallKey = key },
                deadline: DateTime.UtcNow.AddSeconds(4), cancellationToken: Cancel).ResponseAsync);
            Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        });
        await SeenAsync(client, key, "cancelled");
    }

    [Fact]
    public async Task A_deadline_in_the_past_fails_at_once()
    {
        var client = await ConnectAsync();
        var call = client.UnaryAsync(new EchoRequest(), deadline: DateTime.UtcNow.AddSeconds(-1), cancellationToken: Cancel);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task A_deadline_ends_a_stream()
    {
        var client = await ConnectAsync();
        var key = await KnownAsync(client, async key =>
        {
            var request = new EchoRequest { Count = 1000, DelayMs = 50, CallKey = key };
            using var call = client.ServerStream(request, deadline: DateTime.UtcNow.AddSeconds(4), cancellationToken: Cancel);
            var error = await Assert.ThrowsAsync<RpcException>(async () =>
            {
                while (await call.ResponseStream.MoveNext(Cancel))
                    Assert.InRange(call.ResponseStream.Current.Count, 0, 100);
            });
            Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        });
        await SeenAsync(client, key, "cancelled");
    }

    [Fact]
    public async Task A_cancelled_unary_call_is_cancelled_on_both_sides()
    {
        var client = await ConnectAsync();
        var key = Guid.NewGuid().ToString();
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var call = client.UnaryAsync(new EchoRequest { DelayMs = Minute, CallKey = key }, cancellationToken: source.Token);
        await SeenAsync(client, key, "started");
        await source.CancelAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        await SeenAsync(client, key, "cancelled");
    }

    [Fact]
    public async Task A_disposed_stream_is_cancelled_on_the_server()
    {
        var client = await ConnectAsync();
        var key = Guid.NewGuid().ToString();
        using (var call = client.Duplex(cancellationToken: Cancel))
        {
            await call.RequestStream.WriteAsync(new EchoRequest(), Cancel);
            Assert.True(await call.ResponseStream.MoveNext(Cancel));
            await call.RequestStream.WriteAsync(new EchoRequest { DelayMs = Minute, CallKey = key }, Cancel);
            await SeenAsync(client, key, "started");
        }
        await SeenAsync(client, key, "cancelled");
    }

    [Fact]
    public async Task A_reader_that_gives_up_ends_the_call()
    {
        var client = await ConnectAsync();
        var key = Guid.NewGuid().ToString();
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var call = client.ServerStream(new EchoRequest { Count = 10, DelayMs = Minute, CallKey = key }, cancellationToken: Cancel);
        var reading = call.ResponseStream.MoveNext(source.Token);
        await SeenAsync(client, key, "started");
        await source.CancelAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() => reading);
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        await SeenAsync(client, key, "cancelled");
    }

    // Calls until the server's handler knows the call: on a machine that stands still one may end before it was sent.
    private static async Task<string> KnownAsync(Test.V1.EchoService.EchoServiceClient client, Func<string, Task> call)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var key = Guid.NewGuid().ToString();
            await call(key);
            if ((await client.CallStateAsync(new EchoRequest { CallKey = key }, cancellationToken: Cancel)).Text.Length > 0) return key;
        }
        throw new InvalidOperationException("None of five calls reached the server.");
    }

    // What the server's handler knows of a call.
    private static Task SeenAsync(Test.V1.EchoService.EchoServiceClient client, string key, string state) => Eventually.TrueAsync(
        async () => (await client.CallStateAsync(new EchoRequest { CallKey = key }, cancellationToken: Cancel)).Text == state,
        $"the server takes the call for {state}");
}
