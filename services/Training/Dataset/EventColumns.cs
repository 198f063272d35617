using System.Text;

namespace Recommender.Training.Dataset;

/// <summary>The events of one archive file in columns, with the file's own numbers of viewers and videos. Used for one file after another.</summary>
internal sealed class EventColumns
{
    private readonly Utf8Index _viewerIndex = new();
    private readonly Utf8Index _videoIndex = new();
    private byte[] _user = new byte[256];
    private byte[] _video = new byte[256];

    /// <summary>Ids of viewers.</summary>
    public Utf8List ViewerIds => _viewerIndex.Texts;

    /// <summary>Ids of videos.</summary>
    public Utf8List VideoIds => _videoIndex.Texts;

    /// <summary>Number of events.</summary>
    public int Count { get; private set; }

    /// <summary>Rows that are no events.</summary>
    public long Unreadable { get; set; }

    /// <summary>Rows that say what was decided about authors.</summary>
    public AuthorEventCounts OfAuthors { get; } = new();

    /// <summary>Per event the viewer.</summary>
    public int[] Viewers { get; private set; } = new int[1024];

    /// <summary>Per event the video.</summary>
    public int[] Videos { get; private set; } = new int[1024];

    /// <summary>Per event when it happened, Unix milliseconds.</summary>
    public long[] Times { get; private set; } = new long[1024];

    /// <summary>Per event when it happened or was taken, whichever was first, Unix milliseconds.</summary>
    public long[] Earliest { get; private set; } = new long[1024];

    /// <summary>Per event the seconds watched.</summary>
    public float[] WatchSeconds { get; private set; } = new float[1024];

    /// <summary>Per event what happened.</summary>
    public byte[] Signals { get; private set; } = new byte[1024];

    /// <summary>Per event a hash of its id; 0: none.</summary>
    public ulong[] EventIds { get; private set; } = new ulong[1024];

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _viewerIndex.Clear();
        _videoIndex.Clear();
        (Count, Unreadable) = (0, 0);
        OfAuthors.Clear();
    }

    /// <summary>Has <paramref name="count"/> events, which the caller fills in.</summary>
    public void Resize(int count)
    {
        if (count > Viewers.Length) Reserve(count);
        Count = count;
    }

    /// <summary>Lets the memory fetch what taking an event of this viewer will look at.</summary>
    /// <returns>The id's hash.</returns>
    public ulong AskForViewer(ReadOnlySpan<byte> user) => _viewerIndex.AskFor(user);

    /// <summary>As <see cref="AskForViewer"/>, of a video.</summary>
    public ulong AskForVideo(ReadOnlySpan<byte> video) => _videoIndex.AskFor(video);

    /// <summary>Takes an event; false when an id is no UTF-8.</summary>
    public bool TryAdd(
        ReadOnlySpan<byte> user, ulong userHash, ReadOnlySpan<byte> video, ulong videoHash, byte signal, long occurredAtMs, long receivedAtMs, float watchSeconds, ulong eventId)
    {
        var (viewer, item) = (_viewerIndex.Add(user, userHash), _videoIndex.Add(video, videoHash));
        if (viewer < 0 || item < 0) return false;
        var at = Count;
        if (at == Viewers.Length) Reserve(checked(2 * at));
        (Viewers[at], Videos[at], Times[at]) = (viewer, item, occurredAtMs);
        (Earliest[at], WatchSeconds[at], Signals[at], EventIds[at]) = (Math.Min(occurredAtMs, receivedAtMs), watchSeconds, signal, eventId);
        Count = at + 1;
        return true;
    }

    /// <summary>Takes the row that was read last.</summary>
    public void Add(EventRowReader row)
    {
        var user = Bytes(row.UserId, ref _user);
        var video = Bytes(row.VideoId, ref _video);
        TryAdd(user, AskForViewer(user), video, AskForVideo(video), (byte)row.Signal, row.OccurredAtMs, row.ReceivedAtMs, row.WatchSeconds, row.EventIdHash);
    }

    private void Reserve(int count)
    {
        Viewers = Longer(Viewers, count);
        Videos = Longer(Videos, count);
        Times = Longer(Times, count);
        Earliest = Longer(Earliest, count);
        WatchSeconds = Longer(WatchSeconds, count);
        Signals = Longer(Signals, count);
        EventIds = Longer(EventIds, count);
    }

    private static T[] Longer<T>(T[] column, int count)
    {
        Array.Resize(ref column, count);
        return column;
    }

    private static ReadOnlySpan<byte> Bytes(ReadOnlySpan<char> text, ref byte[] buffer)
    {
        if (buffer.Length < 3 * text.Length) buffer = new byte[6 * text.Length];
        return buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer));
    }
}
