using Recommender.Contracts;
using Recommender.V1;

namespace Recommender.Training.Dataset;

/// <summary>How many rows say what viewers decided about authors, by type, retries included. They are about no video, so nothing is learnt from them.</summary>
internal sealed record AuthorEventCounts
{
    /// <summary>The types that are counted, in the order of their numbers.</summary>
    public static readonly EventType[] Types = [.. Enum.GetValues<EventType>().Where(EventTypes.IsOfAuthor)];

    private long _mutes;
    private long _unmutes;
    private long _follows;
    private long _unfollows;

    /// <summary>All of them.</summary>
    public long Total => _mutes + _unmutes + _follows + _unfollows;

    /// <summary>Those of a type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is about no author.</exception>
    public long this[EventType type]
    {
        get => Of(type);
        set => Of(type) = value;
    }

    /// <summary>Adds those of another file.</summary>
    public void Add(AuthorEventCounts other)
    {
        foreach (var type in Types) Of(type) += other[type];
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        foreach (var type in Types) Of(type) = 0;
    }

    private ref long Of(EventType type)
    {
        switch (type)
        {
            case EventType.MuteAuthor: return ref _mutes;
            case EventType.UnmuteAuthor: return ref _unmutes;
            case EventType.FollowAuthor: return ref _follows;
            case EventType.UnfollowAuthor: return ref _unfollows;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, "It is about no author.");
        }
    }
}
