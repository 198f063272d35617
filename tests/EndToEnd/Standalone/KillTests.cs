using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.EndToEnd.Standalone;

/// <summary>The whole system dies without warning, and what it had acknowledged is there at the next start, once.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task A_kill_under_load_loses_no_acknowledged_event_and_counts_none_twice()
    {
        using var data = new TempDirectory();
        var crowd = new Crowd(viewers: 300, videos: 40, seed: 1);
        for (var life = 0; life < 3; life++)
        {
            await using var system = await RunningSystem.StartAsync(data.Path, "--empty");
            await crowd.RetryAsync(system);
            var before = crowd.Acknowledged;
            var load = Enumerable.Range(0, 3).Select(_ => crowd.StreamAsync(system, 100_000, CancellationToken.None)).ToList();
            await Eventually.TrueAsync(() => crowd.Acknowledged > before + 3000 + (life * 1500));
            var redis = system.Process.Children();
            await system.Process.KillAsync();
            // In one life Redis dies in the same moment and loses what it had not yet written.
            if (life == 1) await KillAsync(redis);
            await Task.WhenAll(load);
        }
        await using var last = await RunningSystem.StartAsync(data.Path, "--empty");
        await crowd.RetryAsync(last);
        await crowd.AssertCountedOnceAsync(last);
        await crowd.AssertArchivedAsync(Path.Combine(data.Path, "archive"));
    }

    [Fact]
    public async Task The_journal_shrinks_again_when_state_and_archive_have_what_is_in_it()
    {
        using var data = new TempDirectory();
        await using var system = await RunningSystem.StartAsync(data.Path, "--empty");
        var padding = new string('x', 256);
        for (var i = 0; i < 24; i++)
        {
            var request = new TrackEventsRequest();
            for (var j = 0; j < 500; j++)
            {
                var e = new Event { EventId = $"j{i}-{j}", Type = EventType.View, UserId = $"u{j}", VideoId = "v" };
                foreach (var key in new[] { "app_version", "country", "device_class", "language", "network", "os", "platform" }) e.Context.Add(key, padding);
                request.Events.Add(e);
            }
            await system.Door.TrackEventsAsync(request);
        }
        // 12,000 events of some 2 KB are three files of 8 MiB.
        await Eventually.TrueAsync(() => Directory.GetFiles(Path.Combine(data.Path, "journal")).Length == 1);
        Assert.False(File.Exists(Path.Combine(data.Path, "journal", "g00000001-00000001.journal")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_power_cut_in_the_middle_of_a_write_costs_what_was_being_written_and_nothing_before_it(bool isTruncated)
    {
        const int Sent = 200;
        using var data = new TempDirectory();
        await using (var system = await RunningSystem.StartAsync(data.Path, "--empty"))
        {
            await system.Door.TrackEventAsync(new TrackEventRequest { Event = View("first") });
            await Eventually.TrueAsync(async () => (await system.UserAsync("pat")).Views == 1);
            // With Redis standing still nothing is absorbed: the journal alone has what is acknowledged from now on.
            var redis = system.Process.Children();
            await SignalAsync(redis, "STOP");
            for (var i = 0; i < Sent; i++) await system.Door.TrackEventAsync(new TrackEventRequest { Event = View($"p{i}") });
            await system.Process.KillAsync();
            await KillAsync(redis);
        }
        var file = Directory.GetFiles(Path.Combine(data.Path, "journal")).Order().Last();
        using (var journal = new FileStream(file, FileMode.Open))
        {
            journal.Position = journal.Length - 5;
            if (isTruncated) journal.SetLength(journal.Position);
            else journal.Write([0xA5, 0x5A, 0xA5, 0x5A, 0xA5]);
        }
        await using var next = await RunningSystem.StartAsync(data.Path, "--empty");
        await Eventually.TrueAsync(async () => (await next.UserAsync("pat")).Views == Sent);
        Assert.Contains("was not written whole", next.Process.Errors, StringComparison.Ordinal);
        await next.Door.TrackEventAsync(new TrackEventRequest { Event = View($"p{Sent - 1}") }); // the client's retry of the one that is gone
        await Eventually.TrueAsync(async () => (await next.UserAsync("pat")).Views == Sent + 1);
    }

    private static Event View(string id) => new() { EventId = id, Type = EventType.View, UserId = "pat", VideoId = "v" };

    private static async Task KillAsync(int[] processes)
    {
        await SignalAsync(processes, "KILL");
        await Eventually.TrueAsync(() => !processes.Any(RecommenderProcess.IsAlive));
    }

    private static async Task SignalAsync(int[] processes, string signal)
    {
        foreach (var id in processes) await Tool.SignalAsync(id, signal);
    }
}
