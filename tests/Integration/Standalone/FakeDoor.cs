using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Recommender.Hosting.Errors;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Standalone;

/// <summary>A door that behaves as a test wants.</summary>
internal sealed class FakeDoor : IngestionService.IngestionServiceBase
{
    private readonly Lock _lock = new();
    private readonly List<string> _received = [];
    private int _streams;

    /// <summary>Number of events acknowledged before a stream breaks, for each of the first streams; later ones don't break.</summary>
    public Queue<int> BreakAfter { get; } = new();

    /// <summary>What a stream breaks with.</summary>
    public RpcException BreakWith { get; init; } = GrpcErrors.Unavailable("Kafka is out of reach", TimeSpan.FromMilliseconds(10));

    /// <summary>Holds acknowledgements back until it is completed.</summary>
    public TaskCompletionSource? Hold { get; init; }

    /// <summary>Makes the answer to an event.</summary>
    public Func<Event, TrackEventResponse> Answer { get; init; } = e => new TrackEventResponse { EventId = e.EventId };

    /// <summary>Ids of events in the order of their arrival, repeated ones too.</summary>
    public IReadOnlyList<string> Received
    {
        get
        {
            lock (_lock) return [.. _received];
        }
    }

    public int Streams => Volatile.Read(ref _streams);

    /// <summary>Opens it on a port that the system chooses, or on the given one.</summary>
    public Task<RunningService> OpenAsync(int port = 0) => RunningService.StartAsync(
        "door", builder => builder.Services.AddSingleton(this), app => app.MapGrpcService<FakeDoor>(), $"Server:GrpcPort={port}");

    public override async Task StreamEvents(
        IAsyncStreamReader<TrackEventRequest> requestStream, IServerStreamWriter<TrackEventResponse> responseStream, ServerCallContext context)
    {
        Interlocked.Increment(ref _streams);
        int left;
        lock (_lock) left = BreakAfter.TryDequeue(out var count) ? count : int.MaxValue;
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            var e = requestStream.Current.Event;
            lock (_lock) _received.Add(e.EventId);
            if (left-- == 0) throw BreakWith;
            if (Hold is { } hold) await hold.Task.WaitAsync(context.CancellationToken);
            await responseStream.WriteAsync(Answer(e), context.CancellationToken);
        }
    }
}
