using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Recommender.Training.Dataset;

/// <summary>Names a snapshot by its content.</summary>
internal static class DataVersion
{
    // Of usual viewers so many events that their bytes stay in the processor's cache until they are hashed.
    private const int ViewersOfPiece = 128;

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
        hash.AppendData(MemoryMarshal.AsBytes<float>(data.Durations.ToArray()));
        // Events lie scattered in the memory, so that gathering them takes longer than the hash.
        var pieces = (data.Viewers.Count + ViewersOfPiece - 1) / ViewersOfPiece;
        InTurn.Run(pieces, () => new Piece(), (piece, number) => Gather(data, number, piece), piece => hash.AppendData(piece.Written), cancellationToken);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendIds(IncrementalHash hash, IdList ids)
    {
        var piece = new Piece();
        BinaryPrimitives.WriteInt32LittleEndian(piece.Next(sizeof(int)), ids.Count);
        for (var i = 0; i < ids.Count; i++)
        {
            var id = ids.Utf8(i);
            BinaryPrimitives.WriteInt32LittleEndian(piece.Next(sizeof(int)), id.Length);
            id.CopyTo(piece.Next(id.Length));
            if (piece.Written.Length < Piece.UsualBytes / 2) continue;
            hash.AppendData(piece.Written);
            piece.Clear();
        }

        hash.AppendData(piece.Written);
    }

    private static void Gather(EventDataset data, int number, Piece piece)
    {
        piece.Clear();
        var to = Math.Min(data.Viewers.Count, (number + 1) * ViewersOfPiece);
        for (var viewer = number * ViewersOfPiece; viewer < to; viewer++)
        {
            var events = data.Events(viewer);
            var count = events.Length;
            BinaryPrimitives.WriteInt32LittleEndian(piece.Next(sizeof(int)), count);
            // Little-endian, as every machine that .NET 10 runs on.
            MemoryMarshal.AsBytes(events.Videos).CopyTo(piece.Next(checked(sizeof(int) * count)));
            events.Times.CopyTo(MemoryMarshal.Cast<byte, long>(piece.Next(checked(sizeof(long) * count))));
            var seconds = MemoryMarshal.Cast<byte, float>(piece.Next(sizeof(float) * count));
            for (var i = 0; i < seconds.Length; i++) seconds[i] = events.WatchSeconds[i];
            var signals = piece.Next(count);
            for (var i = 0; i < signals.Length; i++) signals[i] = events.Signals[i];
        }
    }

    /// <summary>Bytes that are hashed at once.</summary>
    private sealed class Piece
    {
        public const int UsualBytes = 256 * 1024;

        private byte[] _bytes = new byte[UsualBytes];
        private int _length;

        public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

        public void Clear() => _length = 0;

        /// <summary>Room for the next bytes.</summary>
        public Span<byte> Next(int count)
        {
            var end = checked(_length + count);
            if (end > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(end, 2L * _bytes.Length)));
            var next = _bytes.AsSpan(_length, count);
            _length = end;
            return next;
        }
    }
}
