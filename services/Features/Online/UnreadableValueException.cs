using System.Globalization;
using Recommender.Hosting.Online;

namespace Recommender.Features.Online;

/// <summary>
/// A value of the store is damaged, or of another layout, and what it holds can't be had elsewhere: its partition waits until somebody has looked at
/// it. The message names no viewer; <paramref name="key"/> does.
/// </summary>
/// <param name="value">What it is.</param>
/// <param name="key">Its key.</param>
/// <param name="inner">What is wrong with it.</param>
internal sealed class UnreadableValueException(string value, string key, InvalidDataException inner)
    : Exception($"a stored value can't be read, {value}: {inner.Message}", inner)
{
    /// <summary>The key in Redis, which may hold a viewer's id.</summary>
    public string Key { get; } = key;

    /// <summary>For the watermarks of a partition.</summary>
    public static UnreadableValueException OfMarks(string key, InvalidDataException inner) => new($"the watermarks {key}", key, inner);

    /// <summary>For a viewer's state or a video's counters.</summary>
    public static UnreadableValueException Of<TState>(string id, InvalidDataException inner) => typeof(TState) == typeof(ViewerState)
        ? new(string.Create(CultureInfo.InvariantCulture, $"the state of the viewer with hash {StableHash.Of(id):x16}"), OnlineKeys.Viewer(id), inner)
        : new($"the counters {OnlineKeys.Video(id)}", OnlineKeys.Video(id), inner);
}
