using System.Globalization;
using Grpc.Core;
using Recommender.Contracts;
using Recommender.Hosting.Errors;
using Recommender.Serving.Api;
using Recommender.V1;

namespace Recommender.Serving.Feed;

/// <summary>Judges what an app sends in a stream, events aside: those have a door of their own.</summary>
internal static class FeedRules
{
    private const int DefaultAhead = 5;
    private const int MaxAhead = 50;
    private const int MaxBuffered = 1000;

    /// <summary>A device's clock may be wrong by a day and an hour of summer time.</summary>
    private static readonly TimeSpan s_maxAhead = TimeSpan.FromHours(25);

    /// <summary>Judges the first message.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT with every wrong field's name.</exception>
    public static FeedStart Check(FeedRequest first)
    {
        if (first.KindCase != FeedRequest.KindOneofCase.Start) throw GrpcErrors.InvalidArgument("start", "must be the first message of a stream");
        if (first.Start.Request is not { } request) throw GrpcErrors.InvalidArgument("start.request", "is missing");
        var found = (RequestRules.Judge(request) ?? []).ConvertAll(v => v with { Field = "start.request." + v.Field });
        if (first.Start.Ahead is < 0 or > MaxAhead)
            found.Add(new FieldViolation("start.ahead", string.Create(CultureInfo.InvariantCulture, $"is {first.Start.Ahead}; 1 to {MaxAhead} is allowed, and 0 for {DefaultAhead}")));
        return found.Count == 0 ? first.Start : throw GrpcErrors.InvalidArgument(found);
    }

    /// <summary>The videos that an app wants to have ahead.</summary>
    public static int AheadOf(FeedStart start) => start.Ahead == 0 ? DefaultAhead : start.Ahead;

    /// <summary>Whether an event can be taken into account before the door has judged it.</summary>
    public static bool CanUse(Event e, DateTimeOffset now) =>
        EventTypes.IsKnown(e.Type)
        && FieldRules.RequiredId("", EventTypes.IsOfAuthor(e.Type) ? e.AuthorId : e.VideoId) is null && FieldRules.OptionalId("", e.EventId) is null
        && e.OccurredAt is { Seconds: >= 0, Nanos: >= 0 and <= 999_999_999 } at && at.Seconds <= (now + s_maxAhead).ToUnixTimeSeconds()
        && e.WatchTime is null or { Seconds: >= 0 and <= 1_000_000, Nanos: >= 0 and <= 999_999_999 };

    /// <summary>The videos that an app says to have ahead.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it can't be.</exception>
    public static int Check(FeedBuffer buffer) => buffer.Videos is >= 0 and <= MaxBuffered
        ? buffer.Videos
        : throw GrpcErrors.InvalidArgument("buffer.videos", string.Create(CultureInfo.InvariantCulture, $"is {buffer.Videos}; 0 to {MaxBuffered} is allowed"));
}
