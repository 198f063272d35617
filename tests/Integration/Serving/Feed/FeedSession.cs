using Grpc.Core;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving.Feed;

/// <summary>One stream as an app would hold it.</summary>
internal sealed class FeedSession : IDisposable
{
    private readonly AsyncDuplexStreamingCall<FeedRequest, FeedResponse> _call;

    private FeedSession(RunningService service) => _call = new RecommendationService.RecommendationServiceClient(service.Channel).Feed(
        deadline: DateTime.UtcNow.AddMinutes(2), cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Ids of all videos that came.</summary>
    public List<string> Given { get; } = [];

    public static async Task<FeedSession> OpenAsync(RunningService service, string user, int ahead = 5)
    {
        var session = new FeedSession(service);
        try
        {
            await session.WriteAsync(new FeedRequest { Start = new FeedStart { Request = new RecommendRequest { UserId = user }, Ahead = ahead } });
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Cancelled or StatusCode.ResourceExhausted)
        {
            // Refused before it was written: the answer says why.
        }
        return session;
    }

    public static FeedSession Open(RunningService service) => new(service);

    public Task WriteAsync(FeedRequest message) => _call.RequestStream.WriteAsync(message, TestContext.Current.CancellationToken);

    public Task CompleteAsync() => _call.RequestStream.CompleteAsync();

    /// <summary>The next message; null at the stream's end.</summary>
    public async Task<FeedResponse?> NextAsync()
    {
        if (!await _call.ResponseStream.MoveNext(TestContext.Current.CancellationToken)) return null;
        var message = _call.ResponseStream.Current;
        if (message.KindCase == FeedResponse.KindOneofCase.Videos) Given.AddRange(message.Videos.Ids());
        return message;
    }

    public async Task<RecommendResponse> VideosAsync()
    {
        var message = await NextAsync();
        Assert.Equal(FeedResponse.KindOneofCase.Videos, message?.KindCase);
        return message!.Videos;
    }

    /// <summary>Tells an event and reads its acknowledgement.</summary>
    public async Task<FeedAck> TellAsync(EventType type, string video, Action<Event>? change = null)
    {
        var e = new Event { Type = type, VideoId = video };
        change?.Invoke(e);
        await WriteAsync(new FeedRequest { Event = e });
        var message = await NextAsync();
        Assert.Equal(FeedResponse.KindOneofCase.Ack, message?.KindCase);
        return message!.Ack;
    }

    public Task BufferAsync(int videos) => WriteAsync(new FeedRequest { Buffer = new FeedBuffer { Videos = videos } });

    /// <summary>Ends the call as an app does that goes away.</summary>
    public void Dispose() => _call.Dispose();
}
