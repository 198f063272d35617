using System.Globalization;
using System.Text;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using static Recommender.Tests.Integration.Features.FeaturesFixture;

namespace Recommender.Tests.Integration.Features;

/// <summary>
/// Two processes of the service share a group while events come, and everything around them fails at random: they are killed and frozen, Redis is
/// killed, the broker's connections are cut. For some seconds in the suite, for longer by <c>build/soak MINUTES</c>.
/// </summary>
public sealed class SoakTests : IAsyncLifetime
{
    private const int Viewers = 200;
    private const int Videos = 30;
    private const int EventsBetweenChecks = 6000; // a broker that keeps little must not be ahead by more

    private readonly FeaturesFixture _fixture = new();
    private readonly KillableProcess?[] _processes = new KillableProcess?[2];
    private readonly List<Event> _acknowledged = [];
    private readonly Random _random = new(Seed());
    private readonly StringBuilder _history = new();
    private readonly SortedDictionary<string, int> _failures = new(StringComparer.Ordinal);
    private int _next;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) process?.Dispose();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Every_counter_is_the_number_of_distinct_acknowledged_events_after_a_time_of_failures()
    {
        var minutes = double.Parse(Environment.GetEnvironmentVariable("RECOMMENDER_SOAK_MINUTES") ?? "0.2", CultureInfo.InvariantCulture);
        try
        {
            await SoakAsync(TimeSpan.FromMinutes(minutes));
        }
        catch (Exception)
        {
            Tell($"What failed, and when (UTC):{Environment.NewLine}{_history}");
            for (var i = 0; i < _processes.Length; i++) Tell($"Process {i} wrote:{Environment.NewLine}{_processes[i]?.Output}");
            throw;
        }
        Tell($"{_acknowledged.Count:N0} events acknowledged through {string.Join(", ", _failures.Select(f => $"{f.Value} x {f.Key}"))}.");

        static void Tell(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
    }

    private async Task SoakAsync(TimeSpan duration)
    {
        for (var i = 0; i < _processes.Length; i++) Restart(i);
        var begin = TimeProvider.System.GetTimestamp();
        var kinds = new Queue<int>([0, 3]);
        while (TimeProvider.System.GetElapsedTime(begin) < duration)
        {
            using var stop = new CancellationTokenSource();
            var sending = SendAsync(EventsBetweenChecks, stop.Token);
            for (var i = 0; i < 6 && TimeProvider.System.GetElapsedTime(begin) < duration; i++)
            {
                // Every kind in each round, in an order of its own.
                if (kinds.Count == 0) kinds = new Queue<int>(Enumerable.Range(0, 5).OrderBy(_ => _random.Next()));
                Note(await FailAsync(kinds.Dequeue(), isLong: duration >= TimeSpan.FromMinutes(1)));
                await Task.Delay(_random.Next(100, 1500), TestContext.Current.CancellationToken);
            }
            await stop.CancelAsync();
            await sending;
            await AssertCountedOnceAsync();
        }
    }

    private void Note(string failure)
    {
        _failures[failure] = _failures.GetValueOrDefault(failure) + 1;
        _history.AppendLine(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {failure}, {_acknowledged.Count} events acknowledged");
    }

    private static int Seed() => int.TryParse(Environment.GetEnvironmentVariable("RECOMMENDER_SOAK_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 17;

    private void Restart(int i)
    {
        _processes[i]?.Dispose();
        // The batches of one of them are nearly always full, so that what they change waits in memory.
        _processes[i] = KillableProcess.Start("Features", [.. _fixture.Settings, i == 0 ? "Features:MaxBatch=20" : "Features:MaxBatch=300", "Features:WriteDelay=00:00:03"]);
    }

    private async Task<string> FailAsync(int kind, bool isLong)
    {
        var i = _random.Next(_processes.Length);
        switch (kind)
        {
            case 0 or 1:
                Restart(i); // SIGKILL, and a new one
                return "SIGKILL of a process";
            case 2:
                // For longer than the group is patient now and then: then it wakes up as a zombie.
                await _processes[i]!.FreezeAsync();
                await Task.Delay(_random.Next(500, isLong ? 9000 : 1500), TestContext.Current.CancellationToken);
                await _processes[i]!.ThawAsync();
                return "SIGSTOP of a process";
            case 3:
                await _fixture.Redis.Server.KillAsync();
                await Task.Delay(_random.Next(0, 1000), TestContext.Current.CancellationToken);
                await _fixture.Redis.Server.StartAgainAsync(TestContext.Current.CancellationToken);
                return "SIGKILL of Redis";
            default:
                _fixture.Kafka.Broker.SetDown();
                await Task.Delay(_random.Next(100, 1500), TestContext.Current.CancellationToken);
                _fixture.Kafka.Broker.SetUp();
                return "loss of the broker's connections";
        }
    }

    /// <summary>Sends events until the token fires, as clients do: what is not acknowledged is sent again, and now and then what was.</summary>
    private async Task SendAsync(int most, CancellationToken stop)
    {
        var sent = 0;
        while (sent < most && !stop.IsCancellationRequested)
        {
            var batch = new List<Event>();
            for (var i = 0; i < 40; i++) batch.Add(_acknowledged.Count > 0 && i % 10 == 0 ? _acknowledged[^(1 + (i * 7 % Math.Min(_acknowledged.Count, 300)))] : NextEvent());
            var fresh = batch.Where((_, i) => i % 10 != 0 || _acknowledged.Count == 0).ToList();
            for (var open = batch; open.Count > 0;)
            {
                var now = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow());
                var outcomes = await _fixture.Producer.SendBatchAsync(
                    [.. open.Select(e => new KafkaRecord(Topics.Of(e.Type), Encoding.UTF8.GetBytes(e.UserId), EventJson.Serialize(e, now)))], CancellationToken.None);
                open = [.. open.Where((_, i) => outcomes[i].Error is not null)];
                if (open.Count > 0) await Task.Delay(50, CancellationToken.None);
            }
            _acknowledged.AddRange(fresh);
            sent += batch.Count;
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private Event NextEvent() => Event(
        string.Create(CultureInfo.InvariantCulture, $"e{_next++}"), (EventType)(1 + (_next * 31 % 7)), string.Create(CultureInfo.InvariantCulture, $"u{_next * 7919 % Viewers}"),
        string.Create(CultureInfo.InvariantCulture, $"v{_next * 104_729 % Videos}"));

    private async Task AssertCountedOnceAsync()
    {
        await _fixture.WaitUntilAbsorbedAsync();
        foreach (var group in _acknowledged.GroupBy(e => e.UserId))
        {
            var viewer = await _fixture.ViewerAsync(group.Key);
            Assert.Equal(
                (group.Key, Of(group, EventType.View), Of(group, EventType.Like), Of(group, EventType.Unlike), Of(group, EventType.Share), Of(group, EventType.Skip)),
                (group.Key, viewer.Views, viewer.Likes, viewer.Unlikes, viewer.Shares, viewer.Skips));
        }
        foreach (var group in _acknowledged.GroupBy(e => e.VideoId))
        {
            var video = await _fixture.VideoAsync(group.Key);
            Assert.Equal(
                (group.Key, Of(group, EventType.View), Of(group, EventType.Like), Of(group, EventType.Unlike), Of(group, EventType.Share), Of(group, EventType.Skip), Of(group, EventType.NotInterested)),
                (group.Key, video.Views, video.Likes, video.Unlikes, video.Shares, video.Skips, video.NotInterested));
        }
    }

    private static long Of(IEnumerable<Event> events, EventType type) => events.Count(e => e.Type == type);
}
