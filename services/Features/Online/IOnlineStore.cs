using Recommender.Hosting.Errors;
using Recommender.Hosting.Online;

namespace Recommender.Features.Online;

/// <summary>
/// Where online state is kept. Values are opaque here; viewers and videos begin with eight bytes of version, and a write takes
/// effect only on the version that was read.
/// </summary>
/// <remarks>
/// Every method throws <see cref="DependencyUnavailableException"/> when the store does not answer, and every write
/// <see cref="StateLostException"/> when the store may have forgotten something since <see cref="BeginAsync"/>.
/// </remarks>
internal interface IOnlineStore
{
    /// <summary>
    /// Begins a time in which nothing that is written is forgotten: from now on writes succeed only as long as that holds. What was
    /// read before is worth nothing any more.
    /// </summary>
    Task BeginAsync(CancellationToken cancellationToken);

    /// <summary>Makes sure that nothing has been forgotten since <see cref="BeginAsync"/>, as any write would.</summary>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>Values of viewers, in the order of the ids; empty where there is none.</summary>
    Task<byte[][]> ReadViewersAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken);

    /// <summary>One partition's fields of videos, in the order of the ids; empty where there is none. Asks only a store that has forgotten nothing, as a write does.</summary>
    Task<byte[][]> ReadVideosAsync(IReadOnlyList<string> videoIds, int partition, CancellationToken cancellationToken);

    /// <summary>Catalog entries, in the order of the ids; null where there is none or it is damaged.</summary>
    Task<CatalogEntry?[]> ReadCatalogAsync(IReadOnlyList<string> videoIds, CancellationToken cancellationToken);

    /// <summary>The watermarks under a key; empty when there are none.</summary>
    Task<byte[]> ReadMarksAsync(string key, CancellationToken cancellationToken);

    /// <summary>Writes viewers whose stored version is the expected one; for the others the result has the value that is there instead.</summary>
    Task<byte[]?[]> WriteViewersAsync(IReadOnlyList<ValueWrite> writes, CancellationToken cancellationToken);

    /// <summary>Likewise one partition's fields of videos.</summary>
    Task<byte[]?[]> WriteVideosAsync(IReadOnlyList<ValueWrite> writes, int partition, CancellationToken cancellationToken);

    /// <summary>Removes a viewer's value if it is still the given one.</summary>
    Task RemoveViewerAsync(string userId, byte[] value, CancellationToken cancellationToken);

    /// <summary>Deletes the precomputed lists of viewers.</summary>
    Task DeleteListsAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken);

    /// <summary>
    /// Raises the trending scores of videos in one window to the given ones, and forgets all but the highest; returns the lowest score that has a
    /// place from now on, negative infinity while there is room.
    /// </summary>
    Task<double> WriteTrendingAsync(string window, int partition, IReadOnlyList<TrendingScore> scores, CancellationToken cancellationToken);

    /// <summary>Writes catalog entries; one that is older than what is there changes nothing.</summary>
    Task WriteCatalogAsync(IReadOnlyCollection<KeyValuePair<string, CatalogEntry>> entries, CancellationToken cancellationToken);

    /// <summary>Writes watermarks over the expected bytes; null when that was done, otherwise the bytes that are there instead.</summary>
    Task<byte[]?> WriteMarksAsync(string key, byte[] expected, byte[] value, CancellationToken cancellationToken);
}

/// <summary>A value to write.</summary>
/// <param name="Id">The viewer or video.</param>
/// <param name="Expected">The version that must be there; 0 for nothing.</param>
/// <param name="Value">The new value, which begins with its version.</param>
internal readonly record struct ValueWrite(string Id, ulong Expected, byte[] Value);

/// <summary>A video's place in a trending window.</summary>
/// <param name="VideoId">The video.</param>
/// <param name="Log2">Logarithm of its forward-decayed engagement (<see cref="DecayedSum"/>).</param>
internal readonly record struct TrendingScore(string VideoId, double Log2);

/// <summary>
/// The store may have forgotten writes: it was restarted from its files, another server took its place, or somebody emptied it. What was
/// absorbed since its watermarks must be absorbed again.
/// </summary>
/// <param name="message">How that was noticed.</param>
/// <param name="inner">The cause, if there is one.</param>
internal sealed class StateLostException(string message, Exception? inner = null) : Exception(message, inner);
