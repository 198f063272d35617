using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Features;

/// <summary>Several replicas share the partitions and take them over from one another.</summary>
public sealed class TakeoverTests : IAsyncLifetime
{
    private readonly FeaturesFixture _fixture = new();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    // Batches that are soon full: who has more to read than that keeps what changes in memory, for longer than partitions stay.
    private KillableProcess StartProcess() =>
        KillableProcess.Start("Features", [.. _fixture.Settings, "Kafka:SessionTimeout=00:00:06", "Features:MaxBatch=50", "Features:WriteDelay=00:00:10"]);

    private static bool IsReading(KillableProcess process) => process.Output.Contains("Reading", StringComparison.Ordinal);

    [Fact]
    public async Task Partitions_move_between_replicas_without_a_count_too_many_or_too_few()
    {
        var audience = new Audience(_fixture, 1);
        using var first = StartProcess();
        await Eventually.TrueAsync(() => IsReading(first));
        await audience.SendAsync(1000);
        using var second = StartProcess();
        for (var i = 0; i < 20; i++) await audience.SendAsync(200);
        await Eventually.TrueAsync(() => IsReading(second));
        for (var i = 0; i < 20; i++) await audience.SendAsync(200);
        first.Kill();
        await audience.SendAsync(2000);
        await audience.AssertCountedOnceAsync();
        Assert.Equal(0, await second.StopAsync());
    }

    [Fact]
    public async Task A_replica_that_was_thought_dead_does_no_harm_when_it_wakes_up()
    {
        var audience = new Audience(_fixture, 2);
        using var zombie = StartProcess();
        await Eventually.TrueAsync(() => IsReading(zombie));
        await audience.SendAsync(2000);
        await audience.AssertCountedOnceAsync();
        await _fixture.FreezeBetweenWritesAsync(zombie, () => audience.SendAsync(500));
        using var heir = StartProcess();
        await audience.SendAsync(2000);
        await Eventually.TrueAsync(() => IsReading(heir));
        await audience.AssertCountedOnceAsync();
        await zombie.ThawAsync();
        await audience.SendAsync(4000);
        await audience.AssertCountedOnceAsync();
        await Eventually.TrueAsync(() => zombie.Output.Contains("Lost", StringComparison.Ordinal) || zombie.Output.Contains("Gave up", StringComparison.Ordinal));
        await audience.AssertCountedOnceAsync();
    }
}
