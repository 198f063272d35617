using System.Globalization;
using Recommender.Hosting.Online;

namespace Recommender.Features.Online;

/// <summary>Keys of one kind, and the type that Redis keeps them as.</summary>
/// <param name="Name">The kind, as metrics call it.</param>
/// <param name="Type">The type's name in Redis.</param>
/// <param name="Key">The key of an id.</param>
/// <param name="Describe">Names an id in the log, a viewer by the hash.</param>
internal sealed record KeyKind(string Name, string Type, Func<string, string> Key, Func<string, string> Describe)
{
    /// <summary>Viewers' states, by viewer.</summary>
    public static KeyKind Viewer { get; } = new(
        "viewer", "string", OnlineKeys.Viewer, id => string.Create(CultureInfo.InvariantCulture, $"the viewer with hash {StableHash.Of(id):x16}"));

    /// <summary>Videos' counters, by video.</summary>
    public static KeyKind Video { get; } = new("video", "hash", OnlineKeys.Video, id => $"video '{id}'");

    /// <summary>What trends, by key.</summary>
    public static KeyKind Trending { get; } = new("trending", "zset", key => key, key => key);
}
