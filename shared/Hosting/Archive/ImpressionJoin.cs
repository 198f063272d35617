using Recommender.Contracts.Json;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Hosting.Archive;

/// <summary>
/// Joins impressions with what viewers did: an event belongs to the impression of its <c>request_id</c>, video and viewer. Each impression has each
/// kind of event at most once, whatever is sent again. Memory: some 50 bytes per impression.
/// </summary>
/// <typeparam name="T">What is remembered of an impression.</typeparam>
public sealed class ImpressionJoin<T>
{
    private readonly Dictionary<ulong, Shown> _shown = [];

    /// <summary>Takes an impression in.</summary>
    /// <returns>False when it is there already: the same impression may be in the log twice.</returns>
    public bool TryShow(Impression impression, T about)
    {
        ArgumentNullException.ThrowIfNull(impression);
        return _shown.TryAdd(KeyOf(impression.RequestId, impression.VideoId), new Shown(StableHash.Of(impression.UserId), 0, about));
    }

    /// <summary>Takes an archived event in, after all impressions.</summary>
    /// <param name="row">The event, JSON in UTF-8.</param>
    /// <param name="happened">What happened.</param>
    /// <param name="receivedAt">When the door took it, or when it happened where the row does not say.</param>
    /// <param name="about">What is remembered of the impression.</param>
    /// <returns>Whether it belongs to an impression and is the first of its kind there.</returns>
    /// <exception cref="FormatException">It is no event.</exception>
    public bool TryJoin(ReadOnlySpan<byte> row, out Event happened, out DateTimeOffset receivedAt, out T about)
    {
        (happened, receivedAt, about) = (null!, default, default!);
        // Most events of an app that does not send request ids back need not be read.
        if (row.IndexOf("\"request_id\""u8) < 0) return false;
        happened = EventJson.Parse(row, out var received);
        if (happened.RequestId.Length == 0) return false;
        var key = KeyOf(happened.RequestId, happened.VideoId);
        var kind = 1 << (int)happened.Type;
        if (!_shown.TryGetValue(key, out var shown) || shown.Viewer != StableHash.Of(happened.UserId) || (shown.Kinds & kind) != 0) return false;
        _shown[key] = shown with { Kinds = shown.Kinds | kind };
        (receivedAt, about) = ((received ?? happened.OccurredAt).ToDateTimeOffset(), shown.About);
        return true;
    }

    private static ulong KeyOf(string requestId, string videoId) => StableHash.Of(requestId + "\n" + videoId);

    private readonly record struct Shown(ulong Viewer, int Kinds, T About);
}
