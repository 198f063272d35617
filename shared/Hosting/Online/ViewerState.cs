using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Recommender.V1;

namespace Recommender.Hosting.Online;

/// <summary>
/// Everything known online about one viewer, as one Redis value: how far it has absorbed the log, the counters, the newest interactions,
/// what was seen and hidden, who is muted and followed, and the newest event ids. Bounded by <see cref="ViewerLimits"/>. Not thread-safe.
/// </summary>
/// <remarks><see cref="ViewerCodec"/> describes the value's layout.</remarks>
public sealed class ViewerState : IVersionedState<ViewerState>
{
    /// <summary>Bytes at the start of the value that hold <see cref="Version"/>.</summary>
    public const int VersionBytes = 8;

    /// <summary>Number of writes that made this value; 0 for a viewer who is not stored.</summary>
    public ulong Version { get; set; }

    /// <summary>How far the log is absorbed.</summary>
    public LogWatermarks Watermarks { get; internal set; } = new();

    /// <summary>View events.</summary>
    public long Views { get; set; }

    /// <summary>Like events.</summary>
    public long Likes { get; set; }

    /// <summary>Unlike events.</summary>
    public long Unlikes { get; set; }

    /// <summary>Share events.</summary>
    public long Shares { get; set; }

    /// <summary>Skip events.</summary>
    public long Skips { get; set; }

    /// <summary>Time of the newest event, Unix milliseconds; 0 when there is none.</summary>
    public long LastSeenAtMs { get; set; }

    /// <summary>When the viewer asked to be forgotten, Unix milliseconds; what was received until then counts no more. 0: never.</summary>
    public long ForgottenAtMs { get; set; }

    /// <summary>The newest interactions by event time, newest first.</summary>
    public List<RecentInteraction> Recent { get; } = [];

    /// <summary>Hashes of seen videos that left <see cref="Recent"/>, oldest first.</summary>
    public List<ulong> OlderSeen { get; } = [];

    /// <summary>Hashes of videos never to be shown again, oldest first.</summary>
    public List<ulong> Hidden { get; } = [];

    /// <summary>Authors of whom the viewer wants to see nothing.</summary>
    public AuthorDecisions Muted { get; } = new();

    /// <summary>Authors whose new videos the viewer wants to see.</summary>
    public AuthorDecisions Followed { get; } = new();

    /// <summary>
    /// By what events that left <see cref="Recent"/>, or never were in it, are known again (<see cref="RetryKey"/>), oldest first.
    /// </summary>
    public List<ulong> OlderEvents { get; } = [];

    /// <summary>
    /// Hashes of event ids, oldest first, of a value in the first layout, which kept them apart from the interactions. Each new event takes the place of
    /// the oldest.
    /// </summary>
    public List<ulong> EventIds { get; } = [];

    /// <inheritdoc/>
    /// <remarks>An interaction takes some 100 bytes, half of them for the text of the id.</remarks>
    public int MemoryBytes =>
        500 + (32 * Watermarks.Entries.Count) + (100 * (Recent.Count + Muted.Decisions.Length + Followed.Decisions.Length)) + (sizeof(ulong) * (OlderSeen.Capacity + Hidden.Capacity + OlderEvents.Capacity + EventIds.Capacity));

    /// <summary>Whether the viewer was forgotten and did nothing since, so that nothing is known.</summary>
    public bool IsForgotten => ForgottenAtMs > 0 && LastSeenAtMs == 0 && Recent.Count == 0 && Muted.Decisions.Length + Followed.Decisions.Length == 0;

    /// <summary>Likes that were not taken back, never negative.</summary>
    public long NetLikes => Math.Max(0, Likes - Unlikes);

    /// <summary>Whether the viewer was shown the video or did something with it, as far as the bounded memory reaches.</summary>
    public bool HasSeen(string videoId)
    {
        foreach (var interaction in Recent)
            if (interaction.Type != EventType.Follow && interaction.VideoId == videoId) return true;
        return OlderSeen.Count > 0 && OlderSeen.Contains(StableHash.Of(videoId));
    }

    /// <summary>Whether the viewer said not to be interested in the video.</summary>
    public bool IsHidden(string videoId) => Hidden.Count > 0 && Hidden.Contains(StableHash.Of(videoId));

    /// <summary>Whether an event was absorbed before, as far as the bounded memory reaches: it is a client's retry then.</summary>
    /// <param name="eventId">Hash of the event's id.</param>
    public bool Knows(ulong eventId)
    {
        var key = RetryKey.Of(eventId);
        foreach (ref readonly var interaction in CollectionsMarshal.AsSpan(Recent))
            if (interaction.Key == key) return true;
        return OlderEvents.Contains(key) || EventIds.Contains(eventId);
    }

    /// <summary>Drops everything but how far the log is absorbed, which is what keeps a replay from bringing it back.</summary>
    public void Forget(long requestedAtMs)
    {
        (Views, Likes, Unlikes, Shares, Skips, LastSeenAtMs) = (0, 0, 0, 0, 0, 0);
        Recent.Clear();
        Muted.Clear();
        Followed.Clear();
        foreach (var hashes in (ReadOnlySpan<List<ulong>>)[OlderSeen, Hidden, OlderEvents, EventIds]) hashes.Clear();
        ForgottenAtMs = Math.Max(ForgottenAtMs, requestedAtMs);
    }

    /// <inheritdoc/>
    public byte[] Encode()
    {
        var writer = ByteWriter.Borrow();
        ViewerCodec.Write(writer, this);
        return writer.ToArray();
    }

    /// <summary>Reads the stored form; null or empty bytes are a new viewer.</summary>
    /// <exception cref="InvalidDataException">The value is damaged or of another layout.</exception>
    public static ViewerState Decode(ReadOnlySpan<byte> bytes)
    {
        var state = new ViewerState();
        state.Read(bytes, null);
        return state;
    }

    /// <summary>As <see cref="Decode"/>, into an object that held another viewer before; on an exception its content means nothing.</summary>
    /// <param name="bytes">The stored form.</param>
    /// <param name="known">Ids that need not be allocated.</param>
    /// <exception cref="InvalidDataException">The value is damaged or of another layout.</exception>
    public void Read(ReadOnlySpan<byte> bytes, IKnownTexts? known)
    {
        (Version, ForgottenAtMs) = (0, 0);
        Forget(0);
        if (bytes.IsEmpty)
        {
            Watermarks = new LogWatermarks();
            return;
        }
        var reader = new ByteReader(bytes);
        ViewerCodec.Read(ref reader, this, known);
    }

    /// <summary>Whether a value that can't be read was written by a later version of this program: it is not damaged then.</summary>
    public static bool IsOfLaterLayout(ReadOnlySpan<byte> bytes) => ViewerCodec.IsOfLaterLayout(bytes);

    /// <summary>The version stored in a value; what the next compare-and-set must find.</summary>
    public static ulong VersionOf(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}
