using Grpc.Core;
using Recommender.Serving;
using Recommender.Serving.Api;

namespace Recommender.Tests.Unit.Serving.Api;

public sealed class CallGateTests : IDisposable
{
    private readonly ServingMetrics _metrics = new();

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void A_caller_with_too_many_calls_is_turned_away_and_others_are_not()
    {
        var gate = new CallGate(new ServingOptions { CallerConcurrency = 2, Concurrency = 3 }, _metrics);
        var first = gate.Enter("a");
        using var second = gate.Enter("a");
        var turnedAway = Assert.Throws<RpcException>(() => gate.Enter("a"));
        Assert.Equal(StatusCode.ResourceExhausted, turnedAway.StatusCode);
        Assert.NotEmpty(turnedAway.Trailers);
        using var other = gate.Enter("b");
        // In all three are allowed.
        Assert.Equal(StatusCode.ResourceExhausted, Assert.Throws<RpcException>(() => gate.Enter("c")).StatusCode);
        first.Dispose();
        using var third = gate.Enter("a");
    }

    [Fact]
    public async Task However_calls_come_and_go_the_count_ends_where_it_began()
    {
        var gate = new CallGate(new ServingOptions { CallerConcurrency = 4, Concurrency = 6 }, _metrics);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 2000; i++)
            {
                try
                {
                    using var pass = gate.Enter($"caller{caller % 3}");
                    if (i % 64 == 0) await Task.Yield();
                }
                catch (RpcException)
                {
                    // Turned away, as it should be now and then.
                }
            }
        })));
        var passes = Enumerable.Range(0, 4).Select(_ => gate.Enter("caller0")).Concat(Enumerable.Range(0, 2).Select(_ => gate.Enter("caller1"))).ToArray();
        Assert.Throws<RpcException>(() => gate.Enter("caller2"));
        foreach (var pass in passes) pass.Dispose();
    }
}
