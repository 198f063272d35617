using Recommender.V1;

namespace Recommender.Contracts;

/// <summary>Names of the Kafka topics. They are part of the public contract and never change within a major version.</summary>
public static class Topics
{
    /// <summary>Views with watch time.</summary>
    public const string View = "recommender.view.v1";

    /// <summary>Likes.</summary>
    public const string Like = "recommender.like.v1";

    /// <summary>Shares.</summary>
    public const string Share = "recommender.share.v1";

    /// <summary>Skip, not-interested, unlike, follow, and authors muted, followed, or no longer so.</summary>
    public const string Feedback = "recommender.feedback.v1";

    /// <summary>What was shown, where and with which probability.</summary>
    public const string Impression = "recommender.impression.v1";

    /// <summary>Videos, compacted by video id; a record without value deletes the video.</summary>
    public const string Catalog = "recommender.catalog.v1";

    /// <summary>Model versions that went live or were rolled back, compacted.</summary>
    public const string Model = "recommender.model.v1";

    /// <summary>Viewers who asked to be forgotten.</summary>
    public const string Erasure = "recommender.erasure.v1";

    /// <summary>Records that could not be processed, with reason, origin and bytes.</summary>
    public const string Rejected = "recommender.rejected.v1";

    /// <summary>Requests for recommendations by programs that ask over Kafka.</summary>
    public const string Request = "recommender.request.v1";

    /// <summary>The answers to <see cref="Request"/>.</summary>
    public const string Response = "recommender.response.v1";

    /// <summary>The topics of viewer events. They share one partition count and partitioner, so that partition N of all of them has one owner.</summary>
    public static IReadOnlyList<string> Events { get; } = [View, Like, Share, Feedback];

    /// <summary>Topics keyed by user id with the shared partition count: the events, the impressions and the erasures.</summary>
    public static IReadOnlyList<string> KeyedByUser { get; } = [View, Like, Share, Feedback, Impression, Erasure];

    /// <summary>Compacted topics: the newest record of a key is the state of that key.</summary>
    public static IReadOnlyList<string> Compacted { get; } = [Catalog, Model];

    /// <summary>Every topic.</summary>
    public static IReadOnlyList<string> All { get; } = [View, Like, Share, Feedback, Impression, Catalog, Model, Erasure, Rejected, Request, Response];

    /// <summary>The topic that carries events of <paramref name="type"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is unspecified or unknown.</exception>
    public static string Of(EventType type) => type switch
    {
        EventType.View => View,
        EventType.Like => Like,
        EventType.Share => Share,
        EventType.Skip or EventType.NotInterested or EventType.Unlike or EventType.Follow => Feedback,
        _ when EventTypes.IsOfAuthor(type) => Feedback,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no topic carries this event type"),
    };
}
