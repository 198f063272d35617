namespace Recommender.Hosting.Online;

/// <summary>
/// How far logs have been absorbed: per (topic, partition) the next offset to absorb, and the log it counts in. Offsets of another log (a
/// recreated topic, another cluster) mean nothing, so the log is part of the value; each topic may be recreated alone, so it is part of each entry.
/// </summary>
public sealed class LogWatermarks
{
    private const byte Layout = 1;

    // As long as it must be: states by the ten thousand have one each.
    private LogPosition[] _entries = [];

    /// <summary>One entry per (topic, partition).</summary>
    public IReadOnlyList<LogPosition> Entries => _entries;

    /// <summary>The next offset to absorb; 0 when nothing of it, or nothing of that log, was absorbed.</summary>
    public long Next(ulong log, byte topic, int partition)
    {
        foreach (var entry in _entries)
            if (entry.Topic == topic && entry.Partition == partition) return entry.Log == log ? entry.Next : 0;
        return 0;
    }

    /// <summary>Whether the record is absorbed already.</summary>
    public bool Covers(ulong log, byte topic, int partition, long offset) => offset < Next(log, topic, partition);

    /// <summary>Whether everything before the place is absorbed.</summary>
    public bool Reaches(in LogPosition place) => Next(place.Log, place.Topic, place.Partition) >= place.Next;

    /// <summary>Notes that everything before the place is absorbed; see the other overload.</summary>
    public void Advance(in LogPosition place) => Advance(place.Log, place.Topic, place.Partition, place.Next);

    /// <summary>
    /// Notes that everything before <paramref name="next"/> is absorbed. Within a log the mark never moves back; another log forgets the
    /// offset of the one before.
    /// </summary>
    public void Advance(ulong log, byte topic, int partition, long next)
    {
        for (var i = 0; i < _entries.Length; i++)
        {
            if (_entries[i].Topic != topic || _entries[i].Partition != partition) continue;
            if (_entries[i].Log != log || next > _entries[i].Next) _entries[i] = new LogPosition(log, topic, partition, next);
            return;
        }
        _entries = [.. _entries, new LogPosition(log, topic, partition, next)];
    }

    /// <summary>The stored form of a value that is nothing but watermarks.</summary>
    public byte[] Encode()
    {
        var writer = ByteWriter.Borrow();
        writer.Byte(Layout);
        Write(writer);
        return writer.ToArray();
    }

    /// <summary>Reads a value that is nothing but watermarks; empty bytes are none.</summary>
    /// <exception cref="InvalidDataException">The value is damaged or of another layout.</exception>
    public static LogWatermarks Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return new LogWatermarks();
        var reader = new ByteReader(bytes);
        var layout = reader.Byte();
        if (layout != Layout) throw new InvalidDataException($"watermarks have layout {layout}; this version reads {Layout}");
        return Read(ref reader);
    }

    /// <summary>Most entries share few logs, so the logs are written once and named by their place.</summary>
    internal void Write(ByteWriter writer)
    {
        var logs = new List<ulong>(4);
        foreach (var entry in _entries)
            if (!logs.Contains(entry.Log)) logs.Add(entry.Log);
        writer.VarInt(logs.Count);
        foreach (var log in logs) writer.UInt64(log);
        writer.VarInt(_entries.Length);
        foreach (var (log, topic, partition, next) in _entries)
        {
            if (logs.Count > 1) writer.VarInt(logs.IndexOf(log));
            writer.Byte(topic);
            writer.VarInt(partition);
            writer.VarInt(next);
        }
    }

    internal static LogWatermarks Read(ref ByteReader reader)
    {
        var logs = new ulong[reader.Count()];
        for (var i = 0; i < logs.Length; i++) logs[i] = reader.UInt64();
        var marks = new LogWatermarks();
        marks._entries = new LogPosition[reader.Count()];
        for (var i = 0; i < marks._entries.Length; i++)
        {
            var log = logs.Length > 1 ? reader.VarInt() : 0;
            if (log < 0 || log >= logs.Length) throw new InvalidDataException("a watermark names no log");
            marks._entries[i] = new LogPosition(logs[log], reader.Byte(), (int)reader.VarInt(), reader.VarInt());
        }
        return marks;
    }
}
