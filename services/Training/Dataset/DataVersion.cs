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
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("recommender-events-1\n"u8);
        AppendIds(hash, data.Viewers);
        AppendIds(hash, data.Videos);
        foreach (var duration in data.Durations) Append(hash, BitConverter.SingleToInt32Bits(duration));
        for (var viewer = 0; viewer < data.Viewers.Count; viewer++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var events = data.Events(viewer);
            Append(hash, events.Length);
            // Little-endian, as every machine that .NET 10 runs on.
            hash.AppendData(MemoryMarshal.AsBytes(events.Videos));
            hash.AppendData(MemoryMarshal.AsBytes(events.Times));
            hash.AppendData(MemoryMarshal.AsBytes(events.WatchSeconds));
            hash.AppendData(events.Signals);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendIds(IncrementalHash hash, IReadOnlyList<string> ids)
    {
        Append(hash, ids.Count);
        foreach (var id in ids)
        {
            var bytes = Encoding.UTF8.GetBytes(id);
            Append(hash, bytes.Length);
            hash.AppendData(bytes);
        }
    }

    private static void Append(IncrementalHash hash, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        hash.AppendData(bytes);
    }
}
