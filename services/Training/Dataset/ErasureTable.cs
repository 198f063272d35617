using System.Text.Json;
using Recommender.Contracts.Json;

namespace Recommender.Training.Dataset;

/// <summary>Viewers who asked to be forgotten, with the time of their newest request: what they did until then does not count.</summary>
internal sealed class ErasureTable
{
    private readonly Dictionary<string, long> _requests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _byId;

    public ErasureTable() => _byId = _requests.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Takes a row; false when it is no erasure.</summary>
    public bool TryAdd(ReadOnlySpan<byte> row)
    {
        try
        {
            if (JsonSerializer.Deserialize(row, RecordJson.Default.Erasure) is not { UserId: { Length: > 0 } userId } erasure) return false;
            _requests[userId] = Math.Max(_requests.GetValueOrDefault(userId, long.MinValue), erasure.RequestedAt.ToUnixTimeMilliseconds());
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>
    /// Whether an event is to be forgotten: it was taken before the request, whatever the device's clock said, or happened before it and came late.
    /// </summary>
    public bool Covers(ReadOnlySpan<char> userId, long occurredAtMs, long receivedAtMs) =>
        _byId.TryGetValue(userId, out var requested) && Math.Min(occurredAtMs, receivedAtMs) <= requested;
}
