namespace Recommender.Modeling.Weights;

/// <summary>What a viewer did with a video. The numbers are those of the event types in <c>recommender.v1</c>.</summary>
public enum Signal
{
    /// <summary>Played on screen, for some watch time.</summary>
    View = 1,

    /// <summary>Liked.</summary>
    Like = 2,

    /// <summary>Shared.</summary>
    Share = 3,

    /// <summary>Swiped away.</summary>
    Skip = 4,

    /// <summary>Asked never to see it again.</summary>
    NotInterested = 5,

    /// <summary>Took an earlier like back.</summary>
    Unlike = 6,

    /// <summary>Followed the video's author.</summary>
    Follow = 7,
}
