using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Recommender.Training.Dataset;

/// <summary>Names a snapshot by its content.</summary>
internal static class DataVersion
{
    /// <summary>
    /// SHA-256, lower-case hexadecimal, over everything that training sees: ids, durations and the events in canonical order. The same
    /// events give the same version, however they were batched into files, repeated or numbered by the log.
    /// </summary>
    public static string Of(EventDataset data, CancellationToken cancellationToken = default)
    {
        using var hash = new BufferedHash();
        hash.Append("recommender-events-1\n"u8);
        AppendIds(hash, data.Viewers);
        AppendIds(hash, data.Videos);
        foreach (var duration in data.Durations) hash.Append(BitConverter.SingleToInt32Bits(duration));
        for (var viewer = 0; viewer < data.Viewers.Count; viewer++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var events = data.Events(viewer);
            hash.Append(events.Length);
            // Little-endian, as every machine that .NET 10 runs on.
            hash.Append(MemoryMarshal.AsBytes(events.Videos));
            hash.Append(MemoryMarshal.AsBytes(events.Times));
            hash.Append(MemoryMarshal.AsBytes(events.WatchSeconds));
            hash.Append(events.Signals);
        }
        return hash.Finish();
    }

    private static void AppendIds(BufferedHash hash, IReadOnlyList<string> ids)
    {
        hash.Append(ids.Count);
        foreach (var id in ids)
        {
            var bytes = Encoding.UTF8.GetBytes(id);
            hash.Append(bytes.Length);
            hash.Append(bytes);
        }
    }

    /// <summary>SHA-256 of many small pieces, which each cost a call of the library otherwise.</summary>
    private sealed class BufferedHash : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly byte[] _buffer = new byte[64 * 1024];
        private int _held;

        public void Append(int value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            Append(bytes);
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length > _buffer.Length - _held) Flush();
            if (bytes.Length > _buffer.Length)
            {
                _hash.AppendData(bytes);
                return;
            }
            bytes.CopyTo(_buffer.AsSpan(_held));
            _held += bytes.Length;
        }

        public string Finish()
        {
            Flush();
            return Convert.ToHexStringLower(_hash.GetHashAndReset());
        }

        public void Dispose() => _hash.Dispose();

        private void Flush()
        {
            _hash.AppendData(_buffer, 0, _held);
            _held = 0;
        }
    }
}
