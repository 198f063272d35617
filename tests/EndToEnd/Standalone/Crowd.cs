using System.Collections.Concurrent;
using System.Globalization;
using Grpc.Core;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.EndToEnd.Standalone;

/// <summary>Clients that stream events, remember which were acknowledged, and know what every counter must be in the end.</summary>
internal sealed class Crowd(int viewers, int videos, int seed)
{
    private readonly Random _random = new(seed);
    private readonly ConcurrentQueue<Event> _acknowledged = [];
    private readonly ConcurrentQueue<Event> _doubtful = [];
    private int _next;

    /// <summary>Events that were acknowledged so far, retries included.</summary>
    public int Acknowledged => _acknowledged.Count;

    /// <summary>Streams new events until the door closes or the token fires. What was sent and not acknowledged is in doubt then.</summary>
    public async Task StreamAsync(RunningSystem system, int most, CancellationToken stop)
    {
        var unanswered = new ConcurrentQueue<Event>();
        try
        {
            using var call = system.Door.StreamEvents(cancellationToken: stop);
            var answers = Task.Run(
                async () =>
                {
                    await foreach (var answer in call.ResponseStream.ReadAllAsync(CancellationToken.None))
                    {
                        Assert.Equal("", answer.RejectedReason);
                        Assert.True(unanswered.TryDequeue(out var e));
                        Assert.Equal(e.EventId, answer.EventId);
                        _acknowledged.Enqueue(e);
                    }
                },
                CancellationToken.None);
            try
            {
                for (var i = 0; i < most; i++)
                {
                    var e = NextEvent();
                    unanswered.Enqueue(e);
                    await call.RequestStream.WriteAsync(new TrackEventRequest { Event = e }, CancellationToken.None);
                }
                await call.RequestStream.CompleteAsync();
            }
            finally
            {
                await answers;
            }
        }
        catch (Exception e) when (e is RpcException or IOException or OperationCanceledException or InvalidOperationException)
        {
            // The door closed in the middle.
        }
        foreach (var e in unanswered) _doubtful.Enqueue(e);
    }

    /// <summary>Sends again what is in doubt, as clients do, and some of what was acknowledged last: a viewer's newest 256 events are recognised.</summary>
    public async Task RetryAsync(RunningSystem system)
    {
        List<Event> again = [.. _doubtful, .. _acknowledged.TakeLast(3000).Where((_, i) => i % 3 == 0)];
        foreach (var chunk in again.Chunk(500))
        {
            var answer = await Eventually.SucceedsAsync<TrackEventsResponse, RpcException>(
                async () => await system.Door.TrackEventsAsync(new TrackEventsRequest { Events = { chunk } }));
            Assert.All(answer.Results, r => Assert.Equal("", r.RejectedReason));
        }
        while (_doubtful.TryDequeue(out var e)) _acknowledged.Enqueue(e);
    }

    /// <inheritdoc cref="EventLedger.AssertCountedOnceAsync"/>
    public Task AssertCountedOnceAsync(RunningSystem system) => new EventLedger(_acknowledged).AssertCountedOnceAsync(system.Features);

    /// <inheritdoc cref="EventLedger.AssertArchivedAsync"/>
    public Task AssertArchivedAsync(string archive) => new EventLedger(_acknowledged).AssertArchivedAsync(archive);

    private Event NextEvent()
    {
        lock (_random)
        {
            return new Event
            {
                EventId = string.Create(CultureInfo.InvariantCulture, $"c{seed}-{_next++}"),
                Type = (EventType)_random.Next((int)EventType.View, (int)EventType.Share + 1),
                UserId = string.Create(CultureInfo.InvariantCulture, $"c{seed}-u{_random.Next(viewers)}"),
                VideoId = string.Create(CultureInfo.InvariantCulture, $"c{seed}-v{_random.Next(videos)}"),
            };
        }
    }
}
