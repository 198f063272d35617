using System.Security.Cryptography;
using System.Text;

namespace Recommender.Serving.OnDemand;

/// <summary>The newest requests that were answered, by 128 bits of their hash, in bounded memory. For one thread.</summary>
/// <param name="capacity">How many; 0: none.</param>
internal sealed class AnsweredRequests(int capacity)
{
    private readonly HashSet<UInt128> _known = [];
    private readonly Queue<UInt128> _oldestFirst = new();

    /// <summary>Whether the request was answered already.</summary>
    public bool Contains(OnDemandRequest request) => _known.Contains(HashOf(request));

    /// <summary>Notes that the answer is durable.</summary>
    public void Add(OnDemandRequest request)
    {
        var hash = HashOf(request);
        if (capacity == 0 || !_known.Add(hash)) return;
        _oldestFirst.Enqueue(hash);
        if (_oldestFirst.Count > capacity) _known.Remove(_oldestFirst.Dequeue());
    }

    private static UInt128 HashOf(OnDemandRequest request)
    {
        // Ids hold no control characters, so the parts can't run into one another.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Request.UserId}\n{request.Id}"));
        return new UInt128(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash, 8));
    }
}
