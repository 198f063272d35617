using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;

namespace Recommender.Hosting.Artifacts;

/// <summary>
/// The values of an .npy file in mapped memory of their own. Mapping the file itself would spare the copy, but whoever cuts or overwrites the file in place
/// would then end the process (SIGBUS) or change what was checked. The mapping ends with this object, so whoever uses its memory must hold on to it.
/// </summary>
public sealed unsafe class MappedFloats : MemoryManager<float>
{
    private const int BlockBytes = 1 << 20;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly float* _values;
    private readonly int _count;

    /// <summary>Reads the values of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sha256">What its checksum must be, hexadecimal; null: any.</param>
    /// <exception cref="InvalidDataException">
    /// It is no float32 array in C order, values are missing, there are more than 2^31, or the checksum is another: what is in memory is then not what was checked before.
    /// </exception>
    public MappedFloats(string path, string? sha256 = null)
    {
        using var stream = File.OpenRead(path);
        (var offset, Rows, Columns) = NpyFile.ReadHeader(stream);
        var count = Rows * Math.Max(Columns, 1);
        var length = offset + (count * sizeof(float));
        if (stream.Length != length) throw new InvalidDataException($"{Path.GetFileName(path)} has the wrong size for its shape");
        _count = count <= int.MaxValue ? (int)count : throw new InvalidDataException($"{Path.GetFileName(path)} has more values than can be addressed");
        _file = MemoryMappedFile.CreateNew(null, length);
        _view = _file.CreateViewAccessor(0, length);
        // Not counted by the handle, so that the mapping ends when nobody holds this object any more.
        var start = (byte*)_view.SafeMemoryMappedViewHandle.DangerousGetHandle() + _view.PointerOffset;
        _values = (float*)(start + offset);
        stream.Position = 0;
        var actual = Copy(stream, start, length) ?? throw new InvalidDataException($"{Path.GetFileName(path)} became shorter while it was read");
        if (sha256 is not null && !actual.Equals(sha256, StringComparison.OrdinalIgnoreCase)) throw new InvalidDataException($"the checksum of {Path.GetFileName(path)} is another than that of its manifest");
    }

    /// <summary>Rows of the array.</summary>
    public long Rows { get; }

    /// <summary>Columns of the array; 0 for a vector.</summary>
    public int Columns { get; }

    /// <inheritdoc/>
    public override Span<float> GetSpan() => new(_values, _count);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(_values + elementIndex, default, this);

    /// <inheritdoc/>
    public override void Unpin()
    {
        // Mapped memory does not move.
    }

    /// <returns>The checksum of what was copied; null when the stream ended too early.</returns>
    private static string? Copy(FileStream stream, byte* destination, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var done = 0L; done < length;)
        {
            var block = new Span<byte>(destination + done, (int)Math.Min(BlockBytes, length - done));
            var read = stream.Read(block);
            if (read == 0) return null;
            hash.AppendData(block[..read]);
            done += read;
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _view.Dispose();
        _file.Dispose();
    }
}
