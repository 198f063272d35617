using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

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
        var (times, seconds, signals) = (new long[64], new float[64], new byte[64]);
        for (var viewer = 0; viewer < data.Viewers.Count; viewer++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var events = data.Events(viewer);
            var count = events.Length;
            if (count > times.Length) (times, seconds, signals) = (new long[2 * count], new float[2 * count], new byte[2 * count]);
            events.Times.CopyTo(times);
            for (var i = 0; i < count; i++) (seconds[i], signals[i]) = (events.WatchSeconds[i], events.Signals[i]);
            hash.Append(count);
            // Little-endian, as every machine that .NET 10 runs on.
            hash.Append(MemoryMarshal.AsBytes(events.Videos));
            hash.Append(MemoryMarshal.AsBytes<long>(times.AsSpan(0, count)));
            hash.Append(MemoryMarshal.AsBytes<float>(seconds.AsSpan(0, count)));
            hash.Append(signals.AsSpan(0, count));
        }
        return hash.Finish();
    }

    private static void AppendIds(BufferedHash hash, IdList ids)
    {
        hash.Append(ids.Count);
        for (var i = 0; i < ids.Count; i++)
        {
            hash.Append(ids.Utf8(i).Length);
            hash.Append(ids.Utf8(i));
        }
    }

    /// <summary>SHA-256 of many small pieces, which each cost a call of the library otherwise. One buffer is hashed while the other one fills.</summary>
    private sealed class BufferedHash : IDisposable
    {
        private const int BufferBytes = 256 * 1024;

        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private byte[] _filling = new byte[BufferBytes];
        private byte[] _other = new byte[BufferBytes];
        private int _held;
        private Task _hashing = Task.CompletedTask;

        public void Append(int value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            Append(bytes);
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            while (bytes.Length > _filling.Length - _held)
            {
                var fitting = _filling.Length - _held;
                bytes[..fitting].CopyTo(_filling.AsSpan(_held));
                _held += fitting;
                Flush();
                bytes = bytes[fitting..];
            }

            bytes.CopyTo(_filling.AsSpan(_held));
            _held += bytes.Length;
        }

        public string Finish()
        {
            Flush();
            _hashing.Wait();
            return Convert.ToHexStringLower(_hash.GetHashAndReset());
        }

        public void Dispose()
        {
            _hashing.Wait();
            _hash.Dispose();
        }

        private void Flush()
        {
            _hashing.Wait();
            var (full, length) = (_filling, _held);
            _hashing = Task.Run(() => _hash.AppendData(full, 0, length));
            (_filling, _other, _held) = (_other, full, 0);
        }
    }
}
