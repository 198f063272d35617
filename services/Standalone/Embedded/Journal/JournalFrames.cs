using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Recommender.Hosting.Kafka;

namespace Recommender.Standalone.Embedded.Journal;

/// <summary>
/// The form of records in journal files: after a mark at the file's beginning, for each record its length (4 bytes, little-endian), the CRC-32C of what
/// follows (4 bytes), and topic, partition, offset, time, key and value. Headers are not kept: nothing that absorbs a record reads them.
/// </summary>
internal static class JournalFrames
{
    private const int HeadBytes = 8;

    /// <summary>What a journal file begins with.</summary>
    public static ReadOnlySpan<byte> Mark => "RCMDJNL1"u8;

    /// <summary>Appends a record.</summary>
    public static void Write(MemoryStream stream, in RecordPosition position, in KafkaRecord record, DateTimeOffset at)
    {
        var begin = (int)stream.Length;
        stream.SetLength(begin + HeadBytes);
        stream.Position = stream.Length;
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(position.Topic);
            writer.Write7BitEncodedInt(position.Partition);
            writer.Write7BitEncodedInt64(position.Offset);
            writer.Write(at.ToUnixTimeMilliseconds());
            writer.Write7BitEncodedInt(record.Key.Length);
            writer.Write(record.Key);
            writer.Write7BitEncodedInt(record.Value?.Length ?? -1);
            writer.Write(record.Value ?? []);
        }
        var frame = stream.GetBuffer().AsSpan(begin, (int)stream.Length - begin);
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - HeadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Checksum(frame[HeadBytes..]));
    }

    /// <summary>Reads the record at the beginning of <paramref name="rest"/>; false when there is no whole and undamaged one.</summary>
    /// <param name="rest">What is left of a file; moves behind the record.</param>
    /// <param name="record">The record.</param>
    public static bool TryRead(ref ReadOnlyMemory<byte> rest, out TopicRecord record)
    {
        record = default;
        if (rest.Length < HeadBytes) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        if (length <= 0 || length > rest.Length - HeadBytes) return false;
        var payload = rest.Slice(HeadBytes, length);
        if (Checksum(payload.Span) != BinaryPrimitives.ReadUInt32LittleEndian(rest.Span[4..])) return false;
        record = Read(payload);
        rest = rest[(HeadBytes + length)..];
        return true;
    }

    /// <summary>Where the next whole record begins behind damage; -1 where there is none.</summary>
    /// <param name="rest">What is left of a file; it begins with what cannot be read.</param>
    /// <param name="topics">Topics whose records may be there.</param>
    public static int FindNext(ReadOnlyMemory<byte> rest, IEnumerable<string> topics)
    {
        var next = -1;
        foreach (var topic in topics)
        {
            // Behind its head a record begins with the length of its topic's name, and the name.
            var name = System.Text.Encoding.UTF8.GetBytes(topic);
            byte[] begin = [(byte)name.Length, .. name];
            if (name.Length > sbyte.MaxValue) continue;
            for (var from = HeadBytes; from < rest.Length && rest.Span[from..].IndexOf(begin) is >= 0 and var found; from++)
            {
                from += found;
                var at = from - HeadBytes;
                if (next >= 0 && at >= next) break;
                var candidate = rest[at..];
                if (!TryRead(ref candidate, out _)) continue;
                next = at;
                break;
            }
        }
        return next;
    }

    private static TopicRecord Read(ReadOnlyMemory<byte> payload)
    {
        _ = MemoryMarshal.TryGetArray(payload, out var array);
        using var reader = new BinaryReader(new MemoryStream(array.Array!, array.Offset, array.Count, writable: false));
        var position = new RecordPosition(reader.ReadString(), reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt64());
        var at = DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadInt64());
        var key = reader.ReadBytes(reader.Read7BitEncodedInt());
        var length = reader.Read7BitEncodedInt();
        return new TopicRecord(position, key, length < 0 ? null : reader.ReadBytes(length), [], at);
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
