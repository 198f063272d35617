namespace Recommender.Hosting.Online;

/// <summary>
/// How far one log has been absorbed: per (topic, partition) the next offset to absorb. Offsets of another log (a recreated topic, another
/// cluster) mean nothing here, so the log is part of the value.
/// </summary>
public sealed class LogWatermarks
{
    private readonly List<(byte Topic, int Partition, long Next)> _entries = [];

    /// <summary>Hash of the log's identity that the offsets count in.</summary>
    public ulong Log { get; private set; }

    /// <summary>The entries: index of the topic in <see cref="Contracts.Topics.KeyedByUser"/>, partition, next offset.</summary>
    public IReadOnlyList<(byte Topic, int Partition, long Next)> Entries => _entries;

    /// <summary>The next offset to absorb; 0 when nothing of it, or nothing of that log, was absorbed.</summary>
    public long Next(ulong log, byte topic, int partition)
    {
        if (log != Log) return 0;
        foreach (var entry in _entries)
            if (entry.Topic == topic && entry.Partition == partition) return entry.Next;
        return 0;
    }

    /// <summary>Whether the record is absorbed already.</summary>
    public bool Covers(ulong log, byte topic, int partition, long offset) => offset < Next(log, topic, partition);

    /// <summary>Notes that everything before <paramref name="next"/> is absorbed. A new log forgets the old one's offsets.</summary>
    public void Advance(ulong log, byte topic, int partition, long next)
    {
        if (log != Log)
        {
            Log = log;
            _entries.Clear();
        }
        for (var i = 0; i < _entries.Count; i++)
        {
            if (_entries[i].Topic != topic || _entries[i].Partition != partition) continue;
            if (next > _entries[i].Next) _entries[i] = (topic, partition, next);
            return;
        }
        _entries.Add((topic, partition, next));
    }

    internal void Write(ByteWriter writer)
    {
        writer.UInt64(Log);
        writer.VarInt(_entries.Count);
        foreach (var (topic, partition, next) in _entries)
        {
            writer.Byte(topic);
            writer.VarInt(partition);
            writer.VarInt(next);
        }
    }

    internal static LogWatermarks Read(ref ByteReader reader)
    {
        var marks = new LogWatermarks { Log = reader.UInt64() };
        var count = reader.Count();
        for (var i = 0; i < count; i++) marks._entries.Add((reader.Byte(), (int)reader.VarInt(), reader.VarInt()));
        return marks;
    }
}
