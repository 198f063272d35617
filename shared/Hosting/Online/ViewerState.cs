using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Recommender.V1;

namespace Recommender.Hosting.Online;

/// <summary>
/// Everything known online about one viewer, as one Redis value: how far it has absorbed the log, the counters, the newest interactions,
/// what was seen and hidden, and the newest event ids. Bounded by <see cref="ViewerLimits"/>. Not thread-safe.
/// </summary>
/// <remarks>
/// Layout, version 1: 8 bytes version of the value (what compare-and-set compares), 1 byte layout, watermarks, counters, last seen,
/// interactions newest first, hashes of older seen videos, hashes of hidden videos, hashes of event ids.
/// </remarks>
public sealed class ViewerState : IVersionedState<ViewerState>
{
    private const byte Layout = 1;

    /// <summary>Bytes at the start of the value that hold <see cref="Version"/>.</summary>
    public const int VersionBytes = 8;

    /// <summary>Number of writes that made this value; 0 for a viewer who is not stored.</summary>
    public ulong Version { get; set; }

    /// <summary>How far the log is absorbed.</summary>
    public LogWatermarks Watermarks { get; private set; } = new();

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

    /// <summary>Hashes of the newest event ids, oldest first.</summary>
    public List<ulong> EventIds { get; } = [];

    /// <inheritdoc/>
    /// <remarks>An interaction takes some 100 bytes, half of them for the text of the id.</remarks>
    public int MemoryBytes =>
        500 + (32 * Watermarks.Entries.Count) + (100 * Recent.Count) + (sizeof(ulong) * (OlderSeen.Capacity + Hidden.Capacity + EventIds.Capacity));

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

    /// <summary>Drops everything but how far the log is absorbed, which is what keeps a replay from bringing it back.</summary>
    public void Forget(long requestedAtMs)
    {
        (Views, Likes, Unlikes, Shares, Skips, LastSeenAtMs) = (0, 0, 0, 0, 0, 0);
        Recent.Clear();
        foreach (var hashes in (ReadOnlySpan<List<ulong>>)[OlderSeen, Hidden, EventIds]) hashes.Clear();
        ForgottenAtMs = Math.Max(ForgottenAtMs, requestedAtMs);
    }

    /// <summary>The stored form.</summary>
    public byte[] Encode()
    {
        var writer = new ByteWriter();
        writer.UInt64(Version);
        writer.Byte(Layout);
        Watermarks.Write(writer);
        foreach (var counter in (ReadOnlySpan<long>)[Views, Likes, Unlikes, Shares, Skips, LastSeenAtMs, ForgottenAtMs]) writer.VarInt(counter);
        writer.VarInt(Recent.Count);
        var previous = LastSeenAtMs;
        foreach (var interaction in Recent)
        {
            writer.Text(interaction.VideoId);
            writer.Byte((byte)interaction.Type);
            writer.VarInt(previous - interaction.OccurredAtMs); // deltas are small
            writer.Single(interaction.WatchRatio);
            previous = interaction.OccurredAtMs;
        }
        foreach (var hashes in (ReadOnlySpan<List<ulong>>)[OlderSeen, Hidden, EventIds])
        {
            writer.VarInt(hashes.Count);
            writer.UInt64s(CollectionsMarshal.AsSpan(hashes));
        }
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
        Version = reader.UInt64();
        var layout = reader.Byte();
        if (layout != Layout) throw new InvalidDataException($"a viewer's state has layout {layout}; this version reads {Layout}");
        Watermarks = LogWatermarks.Read(ref reader);
        (Views, Likes, Unlikes) = (reader.VarInt(), reader.VarInt(), reader.VarInt());
        (Shares, Skips, LastSeenAtMs) = (reader.VarInt(), reader.VarInt(), reader.VarInt());
        ForgottenAtMs = reader.VarInt();
        var count = reader.Count();
        var previous = LastSeenAtMs;
        for (var i = 0; i < count; i++)
        {
            var videoId = reader.Text(known);
            var type = (EventType)reader.Byte();
            previous -= reader.VarInt();
            Recent.Add(new RecentInteraction(videoId, type, previous, reader.Single()));
        }
        foreach (var hashes in (ReadOnlySpan<List<ulong>>)[OlderSeen, Hidden, EventIds])
        {
            reader.UInt64s(hashes, reader.Count());
        }
    }

    /// <summary>The version stored in a value; what the next compare-and-set must find.</summary>
    public static ulong VersionOf(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}
