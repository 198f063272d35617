using Recommender.V1;

namespace Recommender.Contracts.Json;

/// <summary>The lower-case names of event types in JSON and on the command line.</summary>
public static class EventTypeNames
{
    private static readonly (EventType Type, string Name)[] s_names =
    [
        (EventType.View, "view"), (EventType.Like, "like"), (EventType.Share, "share"), (EventType.Skip, "skip"),
        (EventType.NotInterested, "not_interested"), (EventType.Unlike, "unlike"), (EventType.Follow, "follow"),
        (EventType.MuteAuthor, "mute_author"), (EventType.UnmuteAuthor, "unmute_author"),
        (EventType.FollowAuthor, "follow_author"), (EventType.UnfollowAuthor, "unfollow_author"),
    ];

    /// <summary>All names, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> All { get; } = [.. s_names.Select(n => n.Name)];

    /// <summary>The JSON name of a type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is unspecified or unknown.</exception>
    public static string NameOf(EventType type)
    {
        foreach (var (candidate, name) in s_names)
            if (candidate == type) return name;
        throw new ArgumentOutOfRangeException(nameof(type), type, "unknown event type");
    }

    /// <summary>The type of a JSON name; false when there is none of that name.</summary>
    public static bool TryParse(string? name, out EventType type)
    {
        foreach (var (candidate, known) in s_names)
        {
            if (!string.Equals(known, name, StringComparison.Ordinal)) continue;
            type = candidate;
            return true;
        }
        type = EventType.Unspecified;
        return false;
    }
}
