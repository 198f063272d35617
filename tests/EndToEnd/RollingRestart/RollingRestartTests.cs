
namespace Recommender.Tests.EndToEnd.RollingRestart;

/// <summary>An upgrade of everything while it is in use: every process is replaced in turn, and nobody who calls notices.</summary>
public class RollingRestartTests(ReplicatedSystem system) : IClassFixture<ReplicatedSystem>
{
    [Fact]
    public async Task A_rolling_restart_of_every_service_fails_no_call_and_neither_loses_nor_doubles_an_event()
    {
        await using var client = RollingClient.Start(system.EndpointsFile);
        await client.MoreAsync(5);
        foreach (var name in ReplicatedSystem.Names)
        {
            for (var i = 0; i < 2; i++)
            {
                var (code, said) = await system.ReplaceAsync(name);
                Assert.True(code == 0, $"{name} ended with {code}: {said}");
                await client.MoreAsync(5);
            }
        }
        var report = await client.EndAsync();
        Assert.True(report.Failed.GetArrayLength() == 0, $"{report.Failed.GetArrayLength()} calls failed: {report.Failed}");
        Assert.True(report.Reopened >= 2, "No stream was open at a door that closed.");
        var ledger = new EventLedger(report.Acknowledged!.Select(e => e.ToEvent()));
        await ledger.AssertCountedOnceAsync(new(system["Features"][0].Channel));
        await ledger.AssertArchivedAsync(system.Archive);
    }
}
