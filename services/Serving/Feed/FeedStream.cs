using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Recommender.Hosting.Auth;
using Recommender.Hosting.Errors;
using Recommender.Serving.Api;
using Recommender.V1;

namespace Recommender.Serving.Feed;

/// <summary>
/// One stream. Messages are worked on one after the other: an event is acknowledged before the next message is read, so HTTP/2 holds an app back that is
/// faster than Kafka, and one that does not read its answers is not read either. What is held is bounded by <see cref="StreamHistory"/>.
/// </summary>
internal sealed class FeedStream
{
    private static readonly TimeSpan s_comeBack = TimeSpan.FromSeconds(1);

    /// <summary>Who tells events here needs what it would need at their own door.</summary>
    private static readonly string? s_scope = ServiceScopes.Of("recommender.v1.IngestionService");

    private readonly FeedServices _services;
    private readonly IServerStreamWriter<FeedResponse> _responses;
    private readonly ServerCallContext _context;
    private readonly StreamHistory _history = new();
    private readonly RecommendRequest _request;
    private readonly string _userId;
    private readonly int _ahead;
    private int _buffered;

    private FeedStream(FeedServices services, FeedStart start, IServerStreamWriter<FeedResponse> responses, ServerCallContext context)
    {
        (_services, _responses, _context) = (services, responses, context);
        (_request, _userId, _ahead) = (start.Request, start.Request.UserId, FeedRules.AheadOf(start));
        _request.UserId = services.Users.NameOf(_userId);
    }

    /// <summary>Serves a stream until the app ends it, is silent for too long, or has got as many videos as a stream brings.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: a message is wrong.</exception>
    /// <exception cref="DependencyUnavailableException">The process stops; the app should open another stream.</exception>
    public static async Task RunAsync(
        FeedServices services, IAsyncStreamReader<FeedRequest> requests, IServerStreamWriter<FeedResponse> responses, ServerCallContext context)
    {
        if (!await NextAsync(services, requests, context)) return;
        var stream = new FeedStream(services, FeedRules.Check(requests.Current), responses, context);
        do
        {
            await stream.FillAsync();
            if (stream._history.Given.Count >= services.Options.MaxVideos || !await NextAsync(services, requests, context)) return;
            await stream.HandleAsync(requests.Current);
        }
        while (true);
    }

    /// <summary>Waits for the next message; false when there will be none.</summary>
    private static async Task<bool> NextAsync(FeedServices services, IAsyncStreamReader<FeedRequest> requests, ServerCallContext context)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, services.Lifetime.ApplicationStopping);
        patience.CancelAfter(services.Options.IdleTimeout);
        try
        {
            return await requests.MoveNext(patience.Token);
        }
        catch (Exception e) when (patience.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested && e is OperationCanceledException or RpcException)
        {
            if (services.Lifetime.ApplicationStopping.IsCancellationRequested) throw new DependencyUnavailableException("this process is stopping", s_comeBack, e);
            return false;
        }
    }

    private Task HandleAsync(FeedRequest message)
    {
        switch (message.KindCase)
        {
            case FeedRequest.KindOneofCase.Event:
                return TakeAsync(message.Event);
            case FeedRequest.KindOneofCase.Buffer:
                _buffered = FeedRules.Check(message.Buffer);
                return Task.CompletedTask;
            case FeedRequest.KindOneofCase.Start:
                throw GrpcErrors.InvalidArgument("start", "is allowed once, as the first message");
            default:
                throw GrpcErrors.InvalidArgument("kind", "is not set");
        }
    }

    /// <summary>Takes an event: to the door, to the app's acknowledgement, and into what the next videos are made from.</summary>
    private async Task TakeAsync(Event e)
    {
        var now = _services.Time.GetUtcNow();
        // The same on both ways, so that the viewer's state tells the event as one and the same.
        if (e.EventId.Length == 0) e.EventId = Guid.CreateVersion7(now).ToString();
        e.OccurredAt ??= Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()));
        if (e.UserId.Length == 0) e.UserId = _userId;
        var ack = new FeedAck { EventId = e.EventId };
        if (e.UserId != _userId) ack.RejectedReason = "event.user_id: is not the stream's viewer";
        else if (Caller.Of(_context) is { } caller && !caller.Has(s_scope)) ack.RejectedReason = $"PERMISSION_DENIED: the caller {caller.Name} has not the scope {s_scope}";
        else await SendAsync(e.Clone(), ack);
        FeedMetrics.Event(ack.RejectedReason.Length > 0 ? "rejected" : ack.RetryAfter is null ? "accepted" : "unavailable");
        // What can't be written now has happened all the same.
        if (ack.RejectedReason.Length == 0 && FeedRules.CanUse(e, now) && _history.Tell(e, WatchRatio(e), now.ToUnixTimeMilliseconds()) && _buffered > 0) _buffered--;
        await _responses.WriteAsync(new FeedResponse { Ack = ack }, _context.CancellationToken);
    }

    private async Task SendAsync(Event e, FeedAck ack)
    {
        try
        {
            ack.RejectedReason = await _services.TakeAsync(e, _context.CancellationToken);
        }
        catch (DependencyUnavailableException unavailable)
        {
            ack.RetryAfter = Duration.FromTimeSpan(unavailable.RetryDelay);
        }
    }

    /// <summary>Gives the next videos when the app has used up half of what it wants to have ahead.</summary>
    private async Task FillAsync()
    {
        if (_buffered > _ahead / 2) return;
        var request = _request.Clone();
        request.Count = Math.Min(_ahead - _buffered, _services.Options.MaxVideos - _history.Given.Count);
        var deadline = _services.Time.GetUtcNow().UtcDateTime + _services.Options.Patience;
        using var pass = _services.Calls.Enter(_context);
        var asked = new Asked("Feed", deadline < _context.Deadline ? deadline : _context.Deadline) { History = _history };
        var response = await _services.Answers.MakeAsync(request, asked, _context.CancellationToken);
        _history.Give(response.Videos);
        _buffered += response.Videos.Count;
        await _responses.WriteAsync(new FeedResponse { Videos = response }, _context.CancellationToken);
    }

    /// <summary>Watch time by duration, as the viewer's state has it: 0 when one of both is unknown, at most 10.</summary>
    private float WatchRatio(Event e)
    {
        if (e.WatchTime is not { } watched || !_services.Catalog.TryFind(e.VideoId, out var video) || video.DurationMs <= 0) return 0;
        return (float)Math.Clamp(watched.ToTimeSpan().TotalMilliseconds / video.DurationMs, 0, 10);
    }
}
