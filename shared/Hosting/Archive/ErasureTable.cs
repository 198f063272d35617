using System.Text.Json;
using Recommender.Contracts.Json;

namespace Recommender.Hosting.Archive;

/// <summary>Viewers who asked to be forgotten, with the time of their newest request: what they did until then does not count.</summary>
public sealed class ErasureTable
{
    private readonly Dictionary<string, long> _requests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _byId;

    /// <summary>An empty table.</summary>
    public ErasureTable() => _byId = _requests.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Takes a row; false when it is no erasure.</summary>
    public bool TryAdd(ReadOnlySpan<byte> row)
    {
        try
        {
            if (JsonSerializer.Deserialize(row, RecordJson.Default.Erasure) is not { UserId: { Length: > 0 } userId } erasure) return false;
            Add(userId, erasure.RequestedAt);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Takes a request.</summary>
    public void Add(string userId, DateTimeOffset requestedAt) =>
        _requests[userId] = Math.Max(_requests.GetValueOrDefault(userId, long.MinValue), requestedAt.ToUnixTimeMilliseconds());

    /// <summary>Whether nobody asked.</summary>
    public bool IsEmpty => _requests.Count == 0;

    /// <summary>
    /// The time of a viewer's newest request, Unix milliseconds; long.MinValue when there is none. What was taken until then is forgotten, whatever
    /// the device's clock said, and what happened until then and came late.
    /// </summary>
    public long RequestOf(ReadOnlySpan<char> userId) => _byId.TryGetValue(userId, out var requested) ? requested : long.MinValue;
}
