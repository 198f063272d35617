using Grpc.Core;
using Grpc.Health.V1;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Doors;

/// <summary>Metadata of any size costs the call that brought it, and no other on the same connection.</summary>
public sealed class MetadataDoorTests
{
    private static readonly HealthCheckRequest s_request = new() { Service = "liveness" };

    [Fact]
    public async Task Too_much_metadata_is_RESOURCE_EXHAUSTED_and_other_calls_of_the_connection_go_on()
    {
        await using var service = await RunningService.StartAsync("test", _ => { }, _ => { });
        var health = new Health.HealthClient(service.Channel);
        using var watch = health.Watch(s_request);
        Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        var change = watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken);

        // Many small entries are no harm, as long as they are not much together.
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(s_request, Entries(300, 20))).Status);
        foreach (var (count, length) in ((int, int)[])[(1, 40_000), (60, 2000), (5000, 10)])
        {
            var refused = await Assert.ThrowsAsync<RpcException>(async () => await health.CheckAsync(s_request, Entries(count, length)));
            Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
            Assert.Matches("^metadata: has [0-9]+ bytes; at most 32768 are allowed$", refused.Status.Detail);
        }

        await health.CheckAsync(s_request);
        Assert.False(change.IsCompleted, "the stream on the same connection was ended");
    }

    private static Metadata Entries(int count, int length)
    {
        var metadata = new Metadata();
        for (var i = 0; i < count; i++) metadata.Add("x-entry-" + i, new string('v', length));
        return metadata;
    }
}
